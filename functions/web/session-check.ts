/** `GET /session`: whose session a cookie holds, for proxies that ask before they let a request by. */
import type { Context } from 'hono';
import { refusalOf } from '../../core/gateway.ts';
import { type HeldSession, offersSession, verifySession } from '../../core/verify-session.ts';
import { measured } from '../../infra/telemetry/measures.ts';
import type { WebOptions } from './world.ts';

/**
 * 200 with `X-LJ-User`, `X-LJ-UserId` and `X-LJ-Session` (its id), else 401: nginx knows no other
 * refusal than 401 and 403. Every cookie that does not hold gets the same answer. 503 when nobody
 * can say, which no proxy takes for a yes.
 */
export async function checkSession(c: Context, options: WebOptions): Promise<Response> {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    return c.text('Method not allowed; use GET, HEAD\n', 405, { Allow: 'GET, HEAD' });
  }
  const started = performance.now();
  const address = options.addressOf(c);
  const [found, measures] = await measured(() => verify(c, options, address));
  options.log({
    request: options.requestIdOf(c),
    wire: 'web',
    status: found.status,
    ms: performance.now() - started,
    ...measures,
    // Who only comes without a session is a visitor, not somebody to handle.
    caller: { address: offersSession(c.req.header('Cookie')) ? address : undefined },
    calls: [{ method: 'verify', ...found.report }],
  });
  c.header('Cache-Control', 'no-store');
  if (!('held' in found)) {
    if (found.status === 503) return c.text('Session check unavailable\n', 503, { 'Retry-After': '5' });
    // RFC 9110 §11.6.1 wants a challenge with every 401; browsers do not act on this one.
    return c.text('No valid session\n', 401, { 'WWW-Authenticate': 'Cookie cookie-name="ljsession"' });
  }
  const { account, session } = found.held;
  return c.text('Valid session\n', 200, {
    'X-LJ-User': account.username,
    'X-LJ-UserId': String(account.userid),
    'X-LJ-Session': String(session.id),
  });
}

type Report = {
  readonly account?: string;
  readonly auth: 'cookie';
  readonly outcome: 'ok' | number;
  readonly cause?: unknown;
};

type Found =
  | { readonly status: 200; readonly held: HeldSession; readonly report: Report }
  | { readonly status: 401 | 503; readonly report: Report };

async function verify(c: Context, options: WebOptions, address: string | undefined): Promise<Found> {
  try {
    const { ports } = await options.open();
    const held = await verifySession(ports, { cookie: c.req.header('Cookie'), address });
    if (!held) return { status: 401, report: { auth: 'cookie', outcome: 101 } };
    return { status: 200, held, report: { account: held.account.username, auth: 'cookie', outcome: 'ok' } };
  } catch (cause) {
    return { status: 503, report: { auth: 'cookie', outcome: refusalOf(cause).code, cause } };
  }
}
