/** A call as an endpoint gives it to the core: decoded, with the account's name, nothing verified. */
import type { Username } from '../accounts/username.ts';
import type { Brand } from './brand.ts';
import type { Context } from './context.ts';
import { type AccountMethod, isMethod, type Method, methods, type OpenMethod } from './methods/table.ts';
import { accept, type Outcome, refuse } from './refusal.ts';
import { type Arguments, isScalar, Octets, type Value, versionOf } from './values.ts';

/** A call of a method that needs no account. */
export interface OpenCall {
  readonly method: OpenMethod;
  readonly args: Arguments;
  readonly context: Context;
}

/** A call on behalf of an account. */
export interface AccountCall {
  readonly method: AccountMethod;
  readonly username: Username;
  readonly args: Arguments;
  readonly context: Context;
}

/** Any call. */
export type Call = OpenCall | AccountCall;

/** The name of a method of the site behind, as it goes on to it. */
export type RelayedMethod = Brand<string, 'RelayedMethod'>;

/**
 * A name as that of a method of the site behind; `undefined` for our own and for any other text.
 * @see PROTOCOL §10
 */
export function relayedMethod(name: string): RelayedMethod | undefined {
  return /^[a-z_]{1,40}$/.test(name) && !isMethod(name) ? (name as RelayedMethod) : undefined;
}

/** Who somebody says to be, and what shows it. */
export interface Claim {
  readonly username: Username;
  /** Those that say who calls; others are not looked at. */
  readonly args: Arguments;
  readonly context: Context;
}

/** A call for the site behind, on behalf of an account. */
export interface RelayedCall extends Claim {
  readonly relayed: RelayedMethod;
}

/** Items of a list. @see PROTOCOL §2 */
const mostItems = 1000;

/**
 * Refuses arguments that the method reads: of an impossible form or length (203) and, from protocol
 * version 1 on, text in no known encoding (208). base64 is binary by declaration: as a password it is only bytes.
 * @see PROTOCOL §2
 */
export function checkArguments(method: Method, args: Arguments): Outcome<Arguments> {
  const version = versionOf(args);
  for (const [name, { kind, credential }] of methods[method].reads) {
    const value = args.get(name);
    if (value === undefined) continue;
    if (kind === 'list') {
      const tooLong = Array.isArray(value) && value.length > mostItems;
      if (tooLong || value instanceof Map) return refuse(203, name);
      continue;
    }
    if (!isScalar(value)) {
      if (credential) continue;
      return refuse(203, name);
    }
    if (version >= 1 && isUndecoded(value, name)) return refuse(208, name);
  }
  return accept(args);
}

function isUndecoded(value: Value, name: string): boolean {
  if (!(value instanceof Octets) || value.text !== undefined) return false;
  return value.claim === 'text' || name !== 'password';
}
