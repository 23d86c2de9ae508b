/** A call that the wire spelled well: whom it is for, what it is refused for, how it is answered. */
import { type AccountMethod, type Call, type Context, isMethod, type Method } from '../../../core/call.ts';
import type { Gateway } from '../../../core/gateway.ts';
import { accept, type Outcome, refuse } from '../../../core/refusal.ts';
import { readUsername } from '../../../core/username.ts';
import { isScalar, type Struct, type Value } from '../../../core/values.ts';
import { type CallReport, report } from '../door.ts';
import { type Answered, answered, refused } from './answered.ts';
import type { MethodCall } from './call-document.ts';
import { readMulticall } from './multicall.ts';
import { faultStruct, type Reply } from './reply.ts';
import { spellResult } from './results.ts';
import { answerSystem, isSystemMethod, type SystemMethod } from './system.ts';

/** Answers a call, one of the protocol's or one of `system.`; never throws. @see PROTOCOL §3 */
export async function answerCall(gateway: Gateway, call: MethodCall, context: Context): Promise<Answered> {
  const name = shortName(call.methodName);
  const [param, ...others] = call.params;
  if (name === undefined) return refused('unknown', refuse(201));
  if (others.length > 0) return refused(name, refuse(202));
  try {
    if (isMethod(name)) return await answerMethod(gateway, name, param, context);
    if (name === 'system.multicall') return await answerMulticall(gateway, param, context);
    return answered(name, answerSystem(name, param));
  } catch (cause) {
    return refused(name, refuse(500), cause);
  }
}

const prefix = 'LJ.XMLRPC.';

/** A method's name as it is logged: without the prefix that all of the protocol's share. */
function shortName(name: string): Method | SystemMethod | undefined {
  if (isSystemMethod(name)) return name;
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return isMethod(rest) ? rest : undefined;
}

async function answerMethod(
  gateway: Gateway,
  method: Method,
  param: Value | undefined,
  context: Context,
): Promise<Answered> {
  const call = method === 'getchallenge' ? accept({ method }) : readAccountCall(method, param, context);
  const answer = call.ok ? await gateway.answer(call.value) : call;
  const account = call.ok && 'username' in call.value ? call.value.username : undefined;
  const spelled = answer.ok ? accept(spellResult(answer.value)) : answer;
  const args = isStruct(param) ? param : new Map();
  return answered(method, spelled, report(method, args, account, answer));
}

/** What is left of step 1 of the order of checks: the argument's shape and the account's name. */
function readAccountCall(method: AccountMethod, param: Value | undefined, context: Context): Outcome<Call> {
  if (param === undefined) return refuse(200);
  if (!isStruct(param)) return refuse(203);
  const name = param.get('username');
  if (name !== undefined && !isScalar(name)) return refuse(203, 'username');
  const named = readUsername(name);
  switch (named.kind) {
    case 'missing':
      return refuse(200);
    case 'malformed':
      return refuse(100);
    case 'named':
      return accept({ method, username: named.username, args: param, context });
  }
}

function isStruct(value: Value | undefined): value is Struct {
  return value instanceof Map;
}

/** Ms after which the entries that are left are refused: the platform's own time-outs come next. */
const patience = 10_000;

/** One entry after another: several at once would all slip past a ban that the first one earns. */
async function answerMulticall(
  gateway: Gateway,
  param: Value | undefined,
  context: Context,
): Promise<Answered> {
  const entries = readMulticall(param);
  if (!entries.ok) return refused('system.multicall', entries);
  const replies: Reply[] = [];
  const reports: CallReport[] = [];
  const deadline = performance.now() + patience;
  for (const entry of entries.value) {
    const { outcome, reports: own } = await answerEntry(entry);
    replies.push(outcome.ok ? [outcome.value] : faultStruct(outcome.fault));
    reports.push(...own);
  }
  const none = answered('system.multicall', accept(replies));
  return reports.length > 0 ? { ...none, reports } : none;

  async function answerEntry(entry: Outcome<MethodCall>): Promise<Answered> {
    if (!entry.ok) return refused('system.multicall', entry);
    if (performance.now() > deadline) return refused('system.multicall', refuse(502));
    return answerCall(gateway, entry.value, context);
  }
}
