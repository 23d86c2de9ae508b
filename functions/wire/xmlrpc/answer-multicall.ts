/** Answers `system.multicall`: its calls one after another, each with a reply or a fault of its own. */
import { isMethod, needsAccount } from '../../../core/protocol/methods/table.ts';
import { accept, type Outcome, refusalText, refuse } from '../../../core/protocol/refusal.ts';
import type { CallReport, RequestFacts } from '../endpoint.ts';
import { type Answered, answered, type RelayedReply, refused } from './answered-call.ts';
import type { MethodCall } from './method-call.ts';
import { readMethodResponse } from './method-response.ts';
import { isRelayedName, readMulticall } from './multicall.ts';
import { methodPrefix } from './system-methods.ts';
import { faultStruct, type Reply } from './xmlrpc-reply.ts';

/** What answers the entries. */
export interface EntryAnswering {
  /** Whether there is a site behind. */
  readonly relays: boolean;
  answer(entry: MethodCall, facts: RequestFacts): Promise<Answered>;
}

/** Milliseconds after which the entries that are left are refused: the platform's own time-outs come next. */
const multicallTimeout = 10_000;

/** The largest reply of the site to one entry, in bytes: it is read and written again. */
const largestEntry = 2 ** 20;

/** Answers one entry after another: if several ran at once, a ban that one causes would not stop the others. */
export async function answerMulticall(
  { relays, answer }: EntryAnswering,
  call: MethodCall,
  facts: RequestFacts,
): Promise<Answered> {
  const entries = readMulticall(call, (methodName) => {
    if (relays && isRelayedName(methodName)) return true;
    const name = methodName.startsWith(methodPrefix) ? methodName.slice(methodPrefix.length) : '';
    return isMethod(name) && needsAccount(name);
  });
  if (!entries.ok) return refused('system.multicall', entries);
  const replies: Reply[] = [];
  const reports: CallReport[] = [];
  const deadline = performance.now() + multicallTimeout;
  let left = facts.largestReply;
  for (const entry of entries.value) {
    const { outcome, reports: own } = await answerEntry(entry);
    reports.push(...own);
    if ('relayed' in outcome) {
      left -= outcome.relayed.body.length;
      replies.push(await entryOf(outcome.relayed));
    } else replies.push(outcome.ok ? [outcome.value] : faultStruct(outcome.fault));
  }
  const none = answered('system.multicall', accept(replies));
  return reports.length > 0 ? { ...none, reports } : none;

  async function answerEntry(entry: Outcome<MethodCall>): Promise<Answered> {
    if (!entry.ok) return refused('system.multicall', entry);
    if (performance.now() > deadline) return refused('system.multicall', refuse(502));
    return answer(entry.value, { ...facts, largestReply: Math.min(left, largestEntry) });
  }
}

/** The site's reply as an entry's. One that cannot be read is refusal 502. */
async function entryOf({ body, contentType, release }: RelayedReply): Promise<Reply> {
  try {
    const response = await readMethodResponse(body, contentType);
    return response.kind === 'value' ? [response.value] : response.fault;
  } catch {
    return faultStruct({ code: 502, text: refusalText({ code: 502 }) });
  } finally {
    release();
  }
}
