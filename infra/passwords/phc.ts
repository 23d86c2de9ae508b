/** Verifiers as text: argon2id in the PHC string format, as this gateway writes it. */
import { fromBase64, toBase64 } from '../base64.ts';

/** The cost of a hash. */
export interface Cost {
  /** KiB. */
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** A verifier's parts. */
export interface Phc extends Cost {
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** 32 bytes. */
  readonly tag: Uint8Array;
}

/** 19 is argon2's version 1.3. Base64 has no padding: 22 characters are 16 bytes, 43 are 32. */
const shape =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,7})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** `undefined` for a text that is not argon2id in the form that this gateway writes. */
export function parsePhc(text: string): Phc | undefined {
  const [, memory, time, lanes, salt, tag] = shape.exec(text) ?? [];
  if (salt === undefined || tag === undefined) return undefined;
  const cost = { memoryCost: Number(memory), timeCost: Number(time), parallelism: Number(lanes) };
  // RFC 9106 §3.1: at least eight blocks for each lane.
  if (cost.memoryCost < 8 * cost.parallelism) return undefined;
  const phc = { ...cost, salt: fromBase64(salt), tag: fromBase64(tag) };
  // Refuses extra bits in the last characters, which this gateway never writes.
  return writePhc(phc) === text ? phc : undefined;
}

/** Writes a verifier. */
export function writePhc({ memoryCost, timeCost, parallelism, salt, tag }: Phc): string {
  const cost = `m=${memoryCost},t=${timeCost},p=${parallelism}`;
  return `$argon2id$v=19$${cost}$${unpadded(salt)}$${unpadded(tag)}`;
}

function unpadded(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('=', '');
}
