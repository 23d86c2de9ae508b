/** Challenges: made without a store, recognised by their MAC, valid once and for a minute. */
import type { ChallengeKeys, Randomness } from '../ports.ts';
import { macHex, readable, sameText } from './digest.ts';

/** The result of getchallenge. Times are Unix seconds. */
export interface Challenge {
  readonly challenge: string;
  readonly authScheme: 'c0';
  readonly expireTime: number;
  readonly serverTime: number;
}

/** A challenge that a client answered. `nonce` identifies it among the spent ones. */
export type ReturnedChallenge =
  | { readonly kind: 'fresh'; readonly nonce: string; readonly expires: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'forged' };

/**
 * `c0:EXPIRES:KEY:NONCE:MAC`, or `c0:EXPIRES:KEY:NONCE:EPOCH:MAC`, of letters, digits and colons only:
 * LJ::Simple URL-decodes reply values and ljdump posts the challenge without encoding it. All else is under
 * the MAC, so no store is asked.
 * @param epoch the store's, where it has one
 * @see PROTOCOL §4
 */
export function mintChallenge(
  keys: ChallengeKeys,
  random: Randomness,
  now: number,
  lifetime: number,
  epoch?: string,
): Challenge {
  const { id, key } = keys.current();
  const expireTime = now + lifetime;
  const parts = ['c0', expireTime, id, readable(random.bytes(20)), ...(epoch === undefined ? [] : [epoch])];
  const head = parts.join(':');
  const challenge = `${head}:${macHex(key, head)}`;
  return { challenge, authScheme: 'c0', expireTime, serverTime: now };
}

const shape = /^(c0:(\d{1,12}):([a-z0-9]{1,32}):([a-z2-7]{20})(?::([a-z2-7]{8}))?):([0-9a-f]{32})$/;

/**
 * Looks for the key of a challenge where this process does not know it: another process may have made the
 * challenge with a newer secret.
 * @returns the secret's id when other processes use it and this one cannot get it
 */
export async function missingSecretOf(keys: ChallengeKeys, text: string): Promise<string | undefined> {
  const id = shape.exec(text)?.[3];
  if (id === undefined || keys.byId(id)) return undefined;
  return (await keys.find(id)) === 'missing' ? id : undefined;
}

/**
 * Checks a challenge's MAC, time and epoch. Only a store knows whether it was spent.
 * @param epoch the store's, where it has one: it does not know what was spent in another epoch
 */
export function readChallenge(
  keys: ChallengeKeys,
  text: string,
  now: number,
  epoch?: string,
): ReturnedChallenge {
  const [, head, expiry, id = '', nonce = '', mintedIn, seal = ''] = shape.exec(text) ?? [];
  const key = keys.byId(id);
  if (head === undefined || !key || !sameText(macHex(key, head), seal)) return { kind: 'forged' };
  const expires = Number(expiry);
  return now < expires && mintedIn === epoch ? { kind: 'fresh', nonce, expires } : { kind: 'expired' };
}
