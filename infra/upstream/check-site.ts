/** Asks the site behind for a challenge, and compares its clock: what `ljgate doctor` says about it. */
import { type Finding, failed, passed } from '../stores/finding.ts';
import { byteBudget } from './byte-budget.ts';
import { askChallenge } from './site-challenge.ts';
import type { Transport } from './transport.ts';
import { endpointOf } from './upstream.ts';

/** Milliseconds for an answer. */
const deadline = 10_000;

/** Seconds. Assertions and challenges are valid for a minute. */
const mostSkew = 30;

/** What is found at a site. Never rejects. */
export async function checkSite(url: URL, transport: Transport): Promise<readonly Finding[]> {
  const started = performance.now();
  const budget = byteBudget(2 ** 20);
  try {
    const signal = AbortSignal.timeout(deadline);
    const { serverTime } = await askChallenge(transport, endpointOf(url, 'flat'), budget, signal);
    const ms = Math.round(performance.now() - started);
    const answers = passed('site', `${url.href} gave a challenge in ${ms} ms`);
    const skew = Math.abs(Date.now() / 1000 - serverTime);
    if (skew <= mostSkew) return [answers, passed('site: clock', `within ${Math.ceil(skew + 1)} s of ours`)];
    const detail = Number.isNaN(skew) ? 'it gave no time' : `${Math.round(skew)} s from ours`;
    return [answers, failed('site: clock', detail, "set its clock, or this machine's, by NTP")];
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    const why = cause instanceof Error ? `${message} (${cause.message})` : message;
    return [
      failed('site', `${url.href}: ${why}`, 'check --upstream: the protocol is below it, at /interface/flat'),
    ];
  }
}
