/** A call as an adapter hands it over: decoded, with the account named, nothing yet believed. */

import { accept, type Outcome, refuse } from './refusal.ts';
import type { Username } from './username.ts';
import { type Arguments, isScalar, Octets, type Value, versionOf } from './values.ts';

/** The methods that act for an account. */
export const accountMethods = ['login', 'sessiongenerate', 'sessionexpire'] as const;
export type AccountMethod = (typeof accountMethods)[number];

/** Every method of the protocol that the gateway serves. Names are case-sensitive. */
const methods = ['getchallenge', ...accountMethods] as const;
export type Method = (typeof methods)[number];

/** Recognises a method's name. */
export function isMethod(name: string): name is Method {
  return (methods as readonly string[]).includes(name);
}

/** What the request said beside its arguments. */
export interface Context {
  /** The caller's address as the platform vouches for it. */
  readonly address: string | undefined;
  readonly cookie: string | undefined;
  /** The `X-LJ-Auth` header. */
  readonly ljAuth: string | undefined;
  readonly agent: string | undefined;
}

/** A call on behalf of an account. */
export interface AccountCall {
  readonly method: AccountMethod;
  readonly username: Username;
  readonly args: Arguments;
  readonly context: Context;
}

/** Any call. */
export type Call = { readonly method: 'getchallenge' } | AccountCall;

/** The arguments that a method reads as scalars; any other is ignored. @see PROTOCOL §2 */
const scalars = [
  'username',
  'auth_method',
  'password',
  'hpassword',
  'auth_challenge',
  'auth_response',
  'ver',
  'version',
  'expiration',
  'ipfixed',
  'bindtoip',
  'expireall',
  'clientversion',
  'getmoods',
  'getmenus',
  'getpickws',
  'getpickwurls',
  'getcaps',
] as const;

/** Every argument that some method reads. */
export const argumentNames: readonly string[] = [...scalars, 'expire'];

/**
 * Refuses arguments of an impossible shape (203) and, from protocol version 1 on, text that is in
 * no known encoding (208). base64 is binary by declaration: as a password it is only bytes.
 */
export function checkArguments(args: Arguments): Outcome<Arguments> {
  const version = versionOf(args);
  for (const name of scalars) {
    const value = args.get(name);
    if (value === undefined) continue;
    if (!isScalar(value)) return refuse(203, name);
    if (version >= 1 && isUndecoded(value, name)) return refuse(208, name);
  }
  if (args.get('expire') instanceof Map) return refuse(203, 'expire');
  return accept(args);
}

function isUndecoded(value: Value, name: string): boolean {
  if (!(value instanceof Octets) || value.text !== undefined) return false;
  return value.claim === 'text' || name !== 'password';
}
