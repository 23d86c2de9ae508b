/** `system.multicall`: several calls in one request, each one on its own. */
import { relayedMethod } from '../../../core/protocol/call.ts';
import { accept, type Outcome, refuse } from '../../../core/protocol/refusal.ts';
import { textOf, type Value } from '../../../core/protocol/values.ts';
import type { MethodCall } from './method-call.ts';
import { methodPrefix } from './system-methods.ts';
import { type Reply, TypedScalar } from './xmlrpc-reply.ts';

/** An explorer asks for signature and help of every method in one. */
const maxEntries = 64;
/** Each may cost a password hash. */
const maxAccountEntries = 16;

/**
 * Reads the entries of a multicall. A wrong entry is refused by itself; the whole call is refused (203) when
 * it is no array or has too many entries.
 * @see PROTOCOL §8
 */
export function readMulticall(
  { params: [param], typedParam }: Pick<MethodCall, 'params' | 'typedParam'>,
  takesAccount: (methodName: string) => boolean,
): Outcome<readonly Outcome<MethodCall>[]> {
  if (!isList(param)) return refuse(203);
  if (param.length > maxEntries) return refuse(203, `more than ${maxEntries} calls`);
  let typed: readonly Reply[] | undefined;
  const typedEntry = (i: number): Reply | undefined => {
    typed ??= itemsOf(typedParam());
    return typed[i];
  };
  const entries = param.map((entry, i) => readEntry(entry, () => typedEntry(i)));
  const forAccounts = entries.filter((entry) => entry.ok && takesAccount(entry.value.methodName));
  if (forAccounts.length > maxAccountEntries) {
    return refuse(203, `more than ${maxAccountEntries} calls for an account`);
  }
  return accept(entries);
}

function readEntry(entry: Value, typedEntry: () => Reply | undefined): Outcome<MethodCall> {
  if (!(entry instanceof Map)) return refuse(203);
  const methodName = nameIn(entry);
  const params = entry.get('params') ?? [];
  if (!methodName) return refuse(203, 'methodName');
  if (!isList(params)) return refuse(203, 'params');
  if (methodName === 'system.multicall') return refuse(203, 'system.multicall within itself');
  const typedParam = () => {
    const typed = typedEntry();
    return typed instanceof Map ? itemsOf(typed.get('params'))[0] : undefined;
  };
  return accept({ methodName, params, typedParam });
}

/** Without those that are nil, which the core does not see. */
function itemsOf(typed: Reply | undefined): readonly Reply[] {
  if (!Array.isArray(typed)) return [];
  return typed.filter((item) => !(item instanceof TypedScalar && item.type === 'nil'));
}

/** Whether a call, or one of the calls in a multicall, is of one of the gateway's own methods. */
export function callsOwnMethod({
  methodName,
  params: [param],
}: Pick<MethodCall, 'methodName' | 'params'>): boolean {
  if (methodName !== 'system.multicall') return !isRelayedName(methodName);
  return !isList(param) || param.some((entry) => !isRelayedName(nameIn(entry) ?? ''));
}

function nameIn(entry: Value): string | undefined {
  return entry instanceof Map ? textOf(entry.get('methodName'))?.trim() : undefined;
}

/** Whether a name is that of a method of the site behind. */
export function isRelayedName(name: string): boolean {
  return name.startsWith(methodPrefix) && relayedMethod(name.slice(methodPrefix.length)) !== undefined;
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}
