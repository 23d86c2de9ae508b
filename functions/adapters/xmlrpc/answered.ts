/** What became of a call: the reply or fault that goes back, and what is logged. */
import { type Outcome, type Refusal, refusalText } from '../../../core/refusal.ts';
import type { CallReport } from '../door.ts';
import type { Fault, Reply } from './reply.ts';

/** An answered call. `system.multicall` has a report for each of its entries. */
export interface Answered {
  readonly outcome:
    | { readonly ok: true; readonly value: Reply }
    | { readonly ok: false; readonly fault: Fault };
  readonly reports: readonly CallReport[];
}

/** An outcome with its report: the plain one of a call without arguments, unless given. */
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
