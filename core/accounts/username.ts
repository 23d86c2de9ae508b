/** Account names: how clients spell them and how the gateway stores them. */
import type { Brand } from '../protocol/brand.ts';
import { textOf, type Value } from '../protocol/values.ts';

/** A canonical account name: `[a-z0-9_]{1,25}`. */
export type Username = Brand<string, 'Username'>;

/**
 * Canonical form of a name as people type it, or `undefined` when it cannot be one.
 *
 * Only ASCII letters are folded: `K` (the Kelvin sign) lower-cases to `k` in Unicode, and must not
 * become a second spelling of another account's name.
 * @see PROTOCOL §2
 */
export function parseUsername(text: string): Username | undefined {
  const trimmed = text.trim();
  if (!/^[A-Za-z0-9_-]{1,25}$/.test(trimmed)) return undefined;
  return trimmed.toLowerCase().replaceAll('-', '_') as Username;
}

/** A name in its canonical form, as stores hold it; `undefined` for any other spelling. */
export function canonicalUsername(text: string): Username | undefined {
  const username = parseUsername(text);
  return username === text ? username : undefined;
}

/**
 * A name that is written in the code.
 * @throws {Error} when it cannot be one
 */
export function usernameOf(text: string): Username {
  const username = canonicalUsername(text);
  if (username === undefined) throw new Error(`${text} is no canonical username`);
  return username;
}

/** What a call's account argument amounts to; the two wires refuse the bad cases differently. */
export type NamedAccount =
  | { readonly kind: 'named'; readonly username: Username }
  | { readonly kind: 'missing' }
  | { readonly kind: 'malformed' };

/** Reads the `user` / `username` argument. Blank counts as missing. @see PROTOCOL §3 step 1 */
export function readUsername(value: Value | undefined): NamedAccount {
  if (value === undefined) return { kind: 'missing' };
  const text = textOf(value);
  if (text === undefined) return { kind: 'malformed' };
  if (text.trim() === '') return { kind: 'missing' };
  const username = parseUsername(text);
  return username === undefined ? { kind: 'malformed' } : { kind: 'named', username };
}
