/** The string that a client carries as its session, and the id in it. */
import { parseUsername, type Username } from '../accounts/username.ts';
import { sha256Hex } from '../auth/digest.ts';
import type { Brand } from '../protocol/brand.ts';

/** A positive integer below 2^31, never used twice for one account. */
export type SessionId = Brand<number, 'SessionId'>;

/** What a client claims when it presents `ws:USERNAME:ID:AUTH`. */
export interface SessionClaim {
  readonly owner: Username;
  readonly id: SessionId;
  readonly auth: string;
}

/**
 * A number as a session's id.
 * @throws {RangeError} when it cannot be one
 */
export function sessionIdOf(number: number): SessionId {
  if (!isSessionId(number)) throw new RangeError(`${number} is no session id`);
  return number;
}

/** Whether a number can be a session's id. */
export function isSessionId(number: number): number is SessionId {
  return Number.isInteger(number) && number >= 1 && number < 2 ** 31;
}

/** Reads an id as clients send it, with or without a leading `s`. @see PROTOCOL §5 */
export function parseSessionId(text: string): SessionId | undefined {
  const digits = /^\s*s?(\d{1,10})\s*$/.exec(text)?.[1];
  const number = Number(digits);
  return isSessionId(number) ? number : undefined;
}

/** The digest of an AUTH part: all that stores hold of it. */
export function authDigest(auth: string): string {
  return sha256Hex(auth);
}

/** `ws:USERNAME:ID:AUTH`. */
export function sessionText(claim: SessionClaim): string {
  return `ws:${claim.owner}:${claim.id}:${claim.auth}`;
}

/** Reads `ws:USERNAME:ID:AUTH`; `undefined` for anything else. */
export function parseSession(text: string): SessionClaim | undefined {
  const [tag, name = '', id = '', auth = '', ...rest] = text.split(':');
  if (tag !== 'ws' || rest.length > 0 || !/^[A-Za-z0-9]{1,64}$/.test(auth)) return undefined;
  const owner = parseUsername(name);
  const number = /^\d+$/.test(id) ? parseSessionId(id) : undefined;
  return owner && number ? { owner, id: number, auth } : undefined;
}
