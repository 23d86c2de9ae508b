/** Pages and health check as a Hono app behind the wire: every request that is for no endpoint comes here. */

import { Hono } from 'hono/tiny';
import { SecretMissing } from '../../core/failures.ts';
import { urlOf } from '../wire/routes.ts';
import { textResponse, type WireRequest, type WireResponse, wireResponse } from '../wire/wire-request.ts';
import { addPages } from './pages.ts';
import type { PageContext, PageEnv, WebOptions } from './web-context.ts';

/** Builds what answers requests for pages. */
export function webPages(options: WebOptions): (request: WireRequest, path: string) => Promise<WireResponse> {
  const app = new Hono<PageEnv>({ getPath: (_, { env } = {}) => env?.path ?? '/' });
  const { health, upstream, publicKeys } = options;
  if (health) app.get('/healthz', (c) => checkHealth(c, health, upstream));
  if (publicKeys) app.get('/.well-known/jwks.json', async (c) => showPublicKeys(c, await publicKeys()));
  addPages(app, options);
  // Plain 404s: one cross-poster tries `/` first and goes on to the right path only on an HTTP error.
  app.notFound((c) => c.text('Not found\n', 404));
  app.onError((error) => {
    throw error;
  });
  return async (wire, path) => {
    const request = webRequest(wire);
    return request
      ? wireResponseOf(await app.fetch(request, { wire, path }))
      : textResponse(400, 'Bad request');
  };
}

type OpenUpstream = NonNullable<WebOptions['upstream']>;

/** A site behind that fails is no reason to take the gateway away: log-in and sessions go on. */
async function checkHealth(
  c: PageContext,
  health: () => Promise<void>,
  openUpstream: OpenUpstream | undefined,
): Promise<Response> {
  try {
    await health();
    const upstream = await openUpstream?.();
    return c.json({ status: 'ok', ...(upstream && { upstream: upstream.state() }) });
  } catch (error) {
    const status = error instanceof SecretMissing ? 'secret missing' : 'store unavailable';
    return c.json({ status }, 503);
  }
}

/** Seconds for which a site may reuse the keys: a rotation shows the new one long before it is used. */
const keysFresh = 300;

/** The public keys with which a site verifies assertions. */
function showPublicKeys(c: PageContext, keys: string | undefined): Response {
  if (keys === undefined) return c.text('Not found\n', 404);
  return c.text(keys, 200, {
    'Content-Type': 'application/jwk-set+json',
    'Cache-Control': `public, max-age=${keysFresh}`,
  });
}

/** Without its body, which pages ask the wire for. `undefined` for what no `Request` can hold. */
function webRequest(wire: WireRequest): Request | undefined {
  try {
    const headers = [...wire.headers()].map(([...pair]) => pair);
    return new Request(urlOf(wire.target) ?? '', { method: wire.method, headers });
  } catch {
    return undefined;
  }
}

async function wireResponseOf(response: Response): Promise<WireResponse> {
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'));
  return wireResponse(response.status, await response.text(), headers, response.headers.getSetCookie());
}
