/** Clients' whole days through the gateway, on each runtime that a person can start. @see PROTOCOL §10 */
import type { JSONWebKeySet } from 'jose';
import { startUpstreamSite, type UpstreamSite } from '../support/upstream-site.ts';
import { describeDays } from './client-day.ts';
import { describeServed } from './served.ts';

let site: UpstreamSite;

describeServed(
  'a site behind the gateway',
  (urlOf) => describeDays('is told who calls by assertion', urlOf, () => site),
  {
    async start(server) {
      const keys = async (): Promise<JSONWebKeySet> => {
        const reply = await fetch(new URL('/.well-known/jwks.json', server()));
        return (await reply.json()) as JSONWebKeySet;
      };
      site = await startUpstreamSite({ way: 'assertion', keys });
      return site.url.href;
    },
    stop: () => site.stop(),
  },
);
