/** `GET /session`: whose session a cookie has, for proxies that ask before they pass a request on. */

import { noteSessionUse } from '../../core/auth/note-use.ts';
import { refusalOf } from '../../core/protocol/gateway.ts';
import { hasSessionCookie, type VerifiedSession, verifySession } from '../../core/sessions/verify-session.ts';
import { measured } from '../../infra/telemetry/request-measures.ts';
import { addressToLog } from '../wire/request-log.ts';
import type { PageContext, WebOptions } from './web-context.ts';

/**
 * 200 with `X-LJ-User`, `X-LJ-UserId` and `X-LJ-Session` (its id), else 401: nginx knows no other
 * refusal than 401 and 403. Every invalid cookie gets the same answer. 503 when the store or a secret fails, which
 * no proxy takes for a yes.
 */
export async function checkSession(c: PageContext, options: WebOptions): Promise<Response> {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    return c.text('Method not allowed; use GET, HEAD\n', 405, { Allow: 'GET, HEAD' });
  }
  const started = performance.now();
  const { address, id } = c.env.wire;
  const [found, measures] = await measured(() => verify(c, options, address));
  options.log({
    request: id,
    wire: 'web',
    status: found.status,
    ms: performance.now() - started,
    ...measures,
    // Visitors without a session are no abuse.
    address: hasSessionCookie(c.req.header('Cookie')) ? addressToLog(c.env.wire, [found.report]) : undefined,
    calls: [found.report],
  });
  c.header('Cache-Control', 'no-store');
  if (!('verified' in found)) {
    if (found.status === 503) return c.text('Session check unavailable\n', 503, { 'Retry-After': '5' });
    // RFC 9110 §11.6.1 wants a challenge with every 401; browsers do not act on this one.
    return c.text('No valid session\n', 401, { 'WWW-Authenticate': 'Cookie cookie-name="ljsession"' });
  }
  const { account, session } = found.verified;
  return c.text('Valid session\n', 200, {
    'X-LJ-User': account.username,
    'X-LJ-UserId': String(account.userid),
    'X-LJ-Session': String(session.id),
  });
}

type Report = {
  readonly method: 'verify';
  readonly account?: string;
  readonly auth: 'cookie';
  readonly outcome: 'ok' | number;
  readonly cause?: unknown;
};

type CheckResult =
  | { readonly status: 200; readonly verified: VerifiedSession; readonly report: Report }
  | { readonly status: 401 | 503; readonly report: Report };

const checked = { method: 'verify', auth: 'cookie' } as const;

async function verify(
  c: PageContext,
  options: WebOptions,
  address: string | undefined,
): Promise<CheckResult> {
  try {
    const { ports } = await options.open();
    const verified = await verifySession(ports, { cookie: c.req.header('Cookie'), address });
    if (!verified) return { status: 401, report: { ...checked, outcome: 101 } };
    await noteSessionUse(ports, verified.session);
    return {
      status: 200,
      verified,
      report: { ...checked, account: verified.account.username, outcome: 'ok' },
    };
  } catch (cause) {
    return { status: 503, report: { ...checked, outcome: refusalOf(cause).code, cause } };
  }
}
