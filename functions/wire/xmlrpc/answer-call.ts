/** Answers a call that was read: one of the protocol's methods, or one of `system.`. */

import { readUsername, type Username } from '../../../core/accounts/username.ts';
import { type Call, type RelayedMethod, relayedMethod } from '../../../core/protocol/call.ts';
import type { Context } from '../../../core/protocol/context.ts';
import type { Gateway } from '../../../core/protocol/gateway.ts';
import { isMethod, type Method, needsAccount } from '../../../core/protocol/methods/table.ts';
import { accept, type Outcome, refuse, unknownMethod } from '../../../core/protocol/refusal.ts';
import type { Struct, Value } from '../../../core/protocol/values.ts';
import { type EndpointRequest, type RequestFacts, report } from '../endpoint.ts';
import type { Relay } from '../relay/relay.ts';
import { documentOf } from '../relay/xmlrpc-call.ts';
import { answerMulticall } from './answer-multicall.ts';
import { type Answered, answered, refused } from './answered-call.ts';
import type { MethodCall } from './method-call.ts';
import { answerSystem, isSystemMethod, methodPrefix, type SystemMethod } from './system-methods.ts';
import { resultStruct } from './xmlrpc-results.ts';

/** What answers calls. */
interface Answering {
  readonly gateway: Pick<Gateway, 'answer'>;
  /** Absent where there is no site behind. */
  readonly relay: Relay | undefined;
}

/** The request that a call came in. */
type Request = Pick<EndpointRequest, 'context' | 'facts'>;

/** Answers a call; never throws. @see PROTOCOL §3 */
export async function answerCall(
  answering: Answering,
  call: MethodCall,
  request: Request,
): Promise<Answered> {
  const named = nameOf(call.methodName, answering.relay);
  const [param, ...others] = call.params;
  if (named === undefined) return refused('unknown', unknownMethod(call.methodName));
  if (others.length > 0) return refused(named.method, refuse(202));
  try {
    switch (named.kind) {
      case 'own':
        return await answerMethod(answering.gateway, named.method, param, request.context);
      case 'relayed':
        return await relayCall(named, call, request);
      case 'system':
        if (named.method === 'system.multicall') {
          const answer = (entry: MethodCall, facts: RequestFacts) =>
            answerCall(answering, entry, { ...request, facts });
          return await answerMulticall(
            { relays: answering.relay !== undefined, answer },
            call,
            request.facts,
          );
        }
        return answered(named.method, answerSystem(named.method, param));
    }
  } catch (cause) {
    return refused(named.method, refuse(500), cause);
  }
}

/** A method by its name; it is logged without the prefix that all of the protocol's share. */
type Named =
  | { readonly kind: 'own'; readonly method: Method }
  | { readonly kind: 'system'; readonly method: SystemMethod }
  | RelayedName;

interface RelayedName {
  readonly kind: 'relayed';
  readonly method: RelayedMethod;
  readonly relay: Relay;
}

function nameOf(name: string, relay: Relay | undefined): Named | undefined {
  if (isSystemMethod(name)) return { kind: 'system', method: name };
  const rest = name.startsWith(methodPrefix) ? name.slice(methodPrefix.length) : '';
  if (isMethod(rest)) return { kind: 'own', method: rest };
  const method = relay && relayedMethod(rest);
  return method && { kind: 'relayed', method, relay };
}

async function relayCall(
  { method, relay }: RelayedName,
  { params: [param], typedParam }: MethodCall,
  { context, facts }: Request,
): Promise<Answered> {
  const args = argumentsIn(param);
  const username = readAccountName(param);
  if (!username.ok) return answered(method, username, report(method, args, undefined, username));
  const relayed = await relay({
    wire: 'xmlrpc',
    call: { relayed: method, username: username.value, args, context },
    request: facts,
    contentType: 'text/xml; charset=utf-8',
    body: (name, credentials) => documentOf(method, typedParam(), name, credentials),
  });
  if (!relayed.ok) return answered(method, relayed, relayed.report);
  return { outcome: { ok: true, relayed }, reports: [relayed.report] };
}

async function answerMethod(
  gateway: Pick<Gateway, 'answer'>,
  method: Method,
  param: Value | undefined,
  context: Context,
): Promise<Answered> {
  const call = readCall(method, param, context);
  const answer = call.ok ? await gateway.answer(call.value) : call;
  const account = call.ok && 'username' in call.value ? call.value.username : undefined;
  const spelled = answer.ok ? accept(resultStruct(answer.value)) : answer;
  return answered(method, spelled, report(method, argumentsIn(param), account, answer));
}

/** The rest of step 1 of the order of checks: the parameter's form and the account's name. */
function readCall(method: Method, param: Value | undefined, context: Context): Outcome<Call> {
  const args = argumentsIn(param);
  if (!needsAccount(method)) return accept({ method, args, context });
  const username = readAccountName(param);
  return username.ok ? accept({ method, username: username.value, args, context }) : username;
}

function readAccountName(param: Value | undefined): Outcome<Username> {
  if (param === undefined) return refuse(200);
  if (!isStruct(param)) return refuse(203);
  const named = readUsername(param.get('username'));
  switch (named.kind) {
    case 'missing':
      return refuse(200);
    case 'malformed':
      return refuse(100);
    case 'named':
      return accept(named.username);
  }
}

/** The members of a struct; none where the parameter is anything else. */
function argumentsIn(param: Value | undefined): Struct {
  return isStruct(param) ? param : new Map();
}

function isStruct(value: Value | undefined): value is Struct {
  return value instanceof Map;
}
