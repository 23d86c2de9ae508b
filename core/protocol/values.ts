/**
 * Argument values, as both endpoints give them to the core: ints, booleans and strings are all text,
 * because clients disagree on types (SOAP::Lite sends the password `0123` as an int) and no method depends
 * on them.
 */

/** A scalar whose bytes are not simply the UTF-8 of its text. */
export class Octets {
  /** The bytes as the client sent them. */
  readonly bytes: Uint8Array;
  /** Their text in the charset the client named, or `undefined` when they are not text in it. */
  readonly text: string | undefined;
  /** `binary`: sent as base64, so never claimed to be text. */
  readonly claim: 'text' | 'binary';

  constructor(bytes: Uint8Array, text: string | undefined, claim: 'text' | 'binary') {
    this.bytes = bytes;
    this.text = text;
    this.claim = claim;
  }
}

/** A named collection of values. */
export interface Struct extends ReadonlyMap<string, Value> {}

/** One argument: a scalar, a list or a struct. Nil is an absent argument. */
export type Value = string | Octets | readonly Value[] | Struct;

/** The arguments of a call, by their XML-RPC names. */
export type Arguments = Struct;

/** A scalar in either form. */
export function isScalar(value: Value): value is string | Octets {
  return typeof value === 'string' || value instanceof Octets;
}

/** The text of a scalar; `undefined` for anything else and for bytes that are not text. */
export function textOf(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Octets ? value.text : undefined;
}

/** The text of an argument, or `otherwise` where it has none. */
export function textOr(value: Value | undefined, otherwise: string): string {
  return textOf(value) ?? otherwise;
}

/** True is anything but absent, empty and `0`. @see PROTOCOL §2 */
export function isTrue(value: Value | undefined): boolean {
  if (value === undefined) return false;
  if (typeof value === 'string') return value !== '' && value !== '0';
  if (value instanceof Octets) return isTrue(value.text ?? 'bytes');
  return true;
}

/** A number argument, without its fraction: some clients send a double. What is no number counts as 0. */
export function integerOf(value: Value | undefined): number {
  const text = textOr(value, '').trim();
  return /^[+-]?\d+(\.\d*)?$/.test(text) ? Math.trunc(Number(text)) : 0;
}

/** Protocol version: 0 unless the client says 1 or above. @see PROTOCOL §2 */
export function versionOf(args: Arguments): 0 | 1 {
  const versions = [args.get('ver'), args.get('version')].map((value) => Number(textOr(value, '0')));
  return versions.some((version) => version >= 1) ? 1 : 0;
}
