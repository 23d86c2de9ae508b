/** Conversations of real clients, as they were recorded, with a site behind the gateway. */
import { test } from 'vitest';
import { startUpstreamSite, type UpstreamSite } from '../support/upstream-site.ts';
import { conversations, replay } from './replay.ts';
import { describeServed } from './served.ts';

let site: UpstreamSite;

describeServed(
  'recorded clients',
  (urlOf) => {
    for (const conversation of conversations) {
      const { client, password } = conversation;
      test(`${client} with ${password === 'right' ? 'the right' : 'a wrong'} password`, async () => {
        await replay(urlOf('/'), conversation, true);
      });
    }
  },
  {
    async start() {
      site = await startUpstreamSite({ way: 'anything' });
      return site.url.href;
    },
    stop: () => site.stop(),
  },
);
