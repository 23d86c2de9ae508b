/** An answered call: its reply or fault, and what is logged. */
import { type Outcome, type Refusal, refusalText } from '../../../core/protocol/refusal.ts';
import type { CallReport } from '../endpoint.ts';
import type { Relayed } from '../relay/relay.ts';
import type { Fault, Reply } from './xmlrpc-reply.ts';

/** A reply of the site behind. */
export type RelayedReply = Pick<Extract<Relayed, { readonly ok: true }>, 'contentType' | 'body' | 'release'>;

/** An answered call. `system.multicall` has a report for each of its entries. */
export interface Answered {
  readonly outcome:
    | { readonly ok: true; readonly value: Reply }
    /** The site's own reply, as it is. */
    | { readonly ok: true; readonly relayed: RelayedReply }
    | { readonly ok: false; readonly fault: Fault };
  readonly reports: readonly CallReport[];
}

/** An outcome with its report; without `report` that of a call without arguments. */
export function answered(method: string, outcome: Outcome<Reply>, report?: CallReport): Answered {
  const code = outcome.ok ? 'ok' : outcome.refusal.code;
  return {
    outcome: outcome.ok ? outcome : { ok: false, fault: faultOf(outcome.refusal) },
    reports: [report ?? { method, outcome: code }],
  };
}

/** A refusal with its report. `cause` is for the log alone. */
export function refused(
  method: string,
  outcome: { readonly ok: false; readonly refusal: Refusal },
  cause?: unknown,
): Answered {
  const report: CallReport = { method, outcome: outcome.refusal.code };
  return answered(method, outcome, cause === undefined ? report : { ...report, cause });
}

/** A request that is no call at all. @see PROTOCOL §6 */
export function unread(fault: Fault): Answered {
  return { outcome: { ok: false, fault }, reports: [{ method: 'unknown', outcome: fault.code }] };
}

/** A refusal, spelled as a fault. @see PROTOCOL §6 */
function faultOf(refusal: Refusal): Fault {
  return { code: refusal.code, text: refusalText(refusal) };
}
