/** The digests of the protocol and of the gateway's own tokens. */
import { digests } from '#digests';
import type { Brand } from '../protocol/brand.ts';

/** `md5_hex` of a password: 32 lower-case hex digits. As good as the password, so never logged. */
export type Md5Hex = Brand<string, 'Md5Hex'>;

/** `md5_hex(data)`. @see PROTOCOL §4 */
export function md5Hex(data: string | Uint8Array): Md5Hex {
  return digests.md5(data) as Md5Hex;
}

/** `md5_hex` of an empty password, which authenticates nothing. @see PROTOCOL §2 */
export const emptyPassword = 'd41d8cd98f00b204e9800998ecf8427e' as Md5Hex;

/** Reads an MD5 digest that a client sent; some send it in capitals. */
export function parseMd5Hex(text: string): Md5Hex | undefined {
  return /^[0-9a-fA-F]{32}$/.test(text) ? (text.toLowerCase() as Md5Hex) : undefined;
}

/** SHA-256 of a text, in hex: session AUTH parts and client keys are stored so. */
export function sha256Hex(text: string): string {
  return digests.sha256(text);
}

/** The first 128 bits of HMAC-SHA-256, in hex: enough for a tag that lives a minute. */
export function macHex(key: Uint8Array, text: string): string {
  return digests.mac(key, text).slice(0, 32);
}

/** Compares in time that depends on the lengths alone. */
export function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % (b.length || 1));
  return difference === 0;
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Letters and digits from random bytes, five bits to a character: no `%`, `+`, `&` or `=`. */
export function readable(random: Uint8Array): string {
  let text = '';
  for (const byte of random) text += alphabet.charAt(byte & 31);
  return text;
}
