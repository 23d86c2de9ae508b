/** Sends calls to the site, so that a site that is slow or broken costs its own callers alone. */
import {
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  isTaskCancelledError,
  TimeoutStrategy,
  timeout as timeoutAfter,
  wrap,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { ByteBudget } from './byte-budget.ts';
import { refusesCredentials } from './refused-credentials.ts';
import { BadReply, readReply } from './site-reply.ts';
import type { Transport } from './transport.ts';
import { endpointOf, type SiteCall, type SiteFailure, type SiteReply, type Upstream } from './upstream.ts';
import type { Vouched, Voucher } from './voucher.ts';

/** What the client is built from. */
export interface SiteClientOptions {
  /** Where the site is: its paths `/interface/…` come below it. */
  readonly url: URL;
  readonly transport: Transport;
  readonly voucher: Voucher;
  readonly budget: ByteBudget;
  /** Milliseconds for a whole call; default 15,000. */
  readonly timeout?: number;
}

/** Calls at once: the others are refused, because the site would only answer them later. */
const mostAtOnce = 128;

/** Failures in a row after which nothing is sent for a while, and that while in milliseconds. */
const breaking = { failures: 5, pause: 10_000 };

/** Milliseconds for which an account is not vouched for after the site refused its credentials. */
const refusedPause = 5 * 60_000;

/** What is wrong on our side, like credentials that the site refuses: no failure of the site. */
class OurFault extends Error {}

/** Builds the client. It sends nothing twice, and keeps nothing when a call has ended. */
export function siteClient(options: SiteClientOptions): Upstream {
  const { transport, voucher, budget, timeout = 15_000 } = options;
  const breaker = circuitBreaker(
    handleWhen((error) => !(error instanceof OurFault)),
    { halfOpenAfter: breaking.pause, breaker: new ConsecutiveBreaker(breaking.failures) },
  );
  // `Aggressive`: the call ends also where something does not obey the signal.
  const policy = wrap(bulkhead(mostAtOnce), breaker, timeoutAfter(timeout, TimeoutStrategy.Aggressive));
  const refused = new LRUCache<string, true>({ max: 1000, ttl: refusedPause });
  const urls = { flat: endpointOf(options.url, 'flat'), xmlrpc: endpointOf(options.url, 'xmlrpc') };

  async function send(call: SiteCall, signal: AbortSignal): Promise<SiteReply> {
    const { username } = call.account;
    if (refused.has(username)) throw new OurFault(`it refused the credentials for ${username} a moment ago`);
    const vouched = await vouch(call, signal);
    if (vouched.kind === 'impossible') throw new OurFault(vouched.reason);
    const started = performance.now();
    const reply = await exchange(call, vouched, signal);
    if (signal.aborted) reply.reservation.release();
    if (refusesCredentials(call.wire, reply.body)) {
      reply.reservation.release();
      refused.set(username, true);
      throw new OurFault(
        `it refused the credentials with which it was told about ${username}; for five minutes nothing is sent for ${username}`,
      );
    }
    const { contentType, body, reservation } = reply;
    return {
      kind: 'answered',
      contentType,
      body,
      ms: performance.now() - started,
      release: reservation.release,
    };
  }

  async function vouch(call: SiteCall, signal: AbortSignal) {
    try {
      return await voucher.vouch(call, signal);
    } catch (cause) {
      if (cause instanceof BadReply) throw cause;
      throw new OurFault(`it cannot be told about ${call.account.username}`, { cause });
    }
  }

  async function exchange(call: SiteCall, vouched: Vouched, signal: AbortSignal) {
    const body = call.body(vouched.credentials);
    const headers = { ...headersOf(call, body), ...(await vouched.headers(body)) };
    const reply = await transport({ url: urls[call.wire], headers, body, signal });
    return readReply(reply, call, budget, signal);
  }

  return {
    async call(call) {
      const started = performance.now();
      try {
        return await policy.execute(({ signal }) => send(call, signal));
      } catch (error) {
        return failureOf(error, performance.now() - started);
      }
    },
    state: () => (breaker.state === CircuitState.Open ? 'failing' : 'ok'),
  };
}

/** All that the site learns of the client. A value with control characters cannot be sent. */
function headersOf({ caller, contentType }: SiteCall, body: Uint8Array): Readonly<Record<string, string>> {
  const { agent, address, scheme, request } = caller;
  const sent = agent?.replace(/[^\t -~]/g, '?');
  return {
    'Content-Type': contentType,
    'Content-Length': String(body.length),
    'Accept-Encoding': 'identity',
    ...(sent && { 'User-Agent': sent }),
    ...(address !== undefined && { 'X-Forwarded-For': address }),
    ...(scheme !== undefined && { 'X-Forwarded-Proto': scheme }),
    ...(request !== undefined && { 'X-Request-Id': request }),
  };
}

function failureOf(error: unknown, ms: number): SiteFailure {
  if (isBulkheadRejectedError(error)) {
    return { kind: 'failed', reason: `the site has ${mostAtOnce} calls to answer already; nothing was sent` };
  }
  if (isBrokenCircuitError(error)) {
    return { kind: 'failed', reason: 'the site fails; nothing is sent to it for some seconds' };
  }
  if (isTaskCancelledError(error)) return { kind: 'failed', reason: 'the site did not answer in time', ms };
  if (error instanceof OurFault || error instanceof BadReply) {
    const { message, cause } = error;
    const status = error instanceof BadReply ? error.status : undefined;
    return {
      kind: 'failed',
      reason: `the site: ${message}`,
      ms,
      ...(status !== undefined && { status }),
      ...(cause !== undefined && { cause }),
    };
  }
  return { kind: 'failed', reason: 'the site cannot be reached', ms, cause: error };
}
