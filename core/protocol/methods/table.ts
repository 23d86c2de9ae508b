/**
 * The methods of the protocol: the one table from which calls, results, argument checks, `system.*`,
 * the front page and the console follow.
 */
import type {
  AccountDefinition,
  AccountInvocation,
  Argument,
  ArgumentTable,
  Invocation,
  OpenDefinition,
} from './definition.ts';
import { getchallenge } from './getchallenge.ts';
import { login } from './login.ts';
import { sessionexpire } from './sessionexpire.ts';
import { sessiongenerate } from './sessiongenerate.ts';

/** In the order in which they are listed. Names are case-sensitive. */
const table = { getchallenge, login, sessiongenerate, sessionexpire };

/** A method's name. */
export type Method = keyof typeof table;

/** What each method results in. */
export type Results = { readonly [M in Method]: Awaited<ReturnType<(typeof table)[M]['run']>> };

type MethodsThat<Account extends 'none' | 'required'> = {
  [M in Method]: (typeof table)[M]['account'] extends Account ? M : never;
}[Method];

/** The methods that need no account. */
export type OpenMethod = MethodsThat<'none'>;

/** The methods that act for an account. */
export type AccountMethod = MethodsThat<'required'>;

/** The result of a method, with the method's name. */
export type Result<M extends Method = Method> = {
  [Each in M]: { readonly method: Each; readonly value: Results[Each] };
}[M];

const openMethods: { readonly [M in OpenMethod]: OpenDefinition<Results[M]> } = table;

/** The methods that act for an account. */
export const accountMethods: { readonly [M in AccountMethod]: AccountDefinition<Results[M]> } = table;

/** Every method that the gateway serves. */
export const methods: Readonly<Record<Method, OpenDefinition<unknown> | AccountDefinition<unknown>>> = table;

/** Runs a method that needs no account. */
export async function runOpen<M extends OpenMethod>(method: M, invocation: Invocation): Promise<Result<M>> {
  return { method, value: await openMethods[method].run(invocation) };
}

/** Runs a method for an account whose credentials were verified. */
export async function runFor<M extends AccountMethod>(
  method: M,
  invocation: AccountInvocation,
): Promise<Result<M>> {
  return { method, value: await accountMethods[method].run(invocation) };
}

/** The names of the methods, in the order in which they are listed. */
export const methodNames = Object.keys(table) as readonly Method[];

/** Recognises a method's name. */
export function isMethod(name: string): name is Method {
  return Object.hasOwn(table, name);
}

/** Whether a method acts for an account. */
export function needsAccount(method: Method): method is AccountMethod {
  return methods[method].account === 'required';
}

/** The arguments that a method has beside those that say who calls, without older names. */
export function advertisedArguments(method: Method): readonly (readonly [name: string, Argument])[] {
  const own: ArgumentTable = methods[method].arguments;
  return Object.entries(own).filter(([, { olderNameOf }]) => olderNameOf === undefined);
}

/** Every argument that some method reads. */
export const everyArgument: ReadonlyMap<string, Argument> = new Map(
  methodNames.flatMap((method) => [...methods[method].reads]),
);
