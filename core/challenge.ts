/** Challenges: minted without a store, recognised by their seal, good once and for a minute. */
import { macHex, readable, sameText } from './digest.ts';
import type { ChallengeKeys, Randomness } from './ports.ts';

/** What getchallenge hands out. Times are Unix seconds. */
export interface Challenge {
  readonly challenge: string;
  readonly authScheme: 'c0';
  readonly expireTime: number;
  readonly serverTime: number;
}

/** A challenge that came back. `nonce` names it in the book of spent challenges. */
export type ReturnedChallenge =
  | { readonly kind: 'fresh'; readonly nonce: string; readonly expires: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'forged' };

/**
 * `c0:EXPIRES:KEY:NONCE:MAC`, of letters, digits and colons only: LJ::Simple URL-decodes reply
 * values and ljdump posts the challenge without encoding it. The expiry and the key's id are under
 * the MAC, so no store is asked.
 * @see PROTOCOL §4
 */
export function mintChallenge(
  keys: ChallengeKeys,
  random: Randomness,
  now: number,
  lifetime: number,
): Challenge {
  const { id, key } = keys.current();
  const expireTime = now + lifetime;
  const head = `c0:${expireTime}:${id}:${readable(random.bytes(20))}`;
  const challenge = `${head}:${macHex(key, head)}`;
  return { challenge, authScheme: 'c0', expireTime, serverTime: now };
}

/** Judges a challenge by its seal and its time; whether it was spent, a store must say. */
export function readChallenge(keys: ChallengeKeys, text: string, now: number): ReturnedChallenge {
  const parts = /^(c0:(\d{1,12}):([a-z0-9]{1,32}):([a-z2-7]{20})):([0-9a-f]{32})$/.exec(text);
  const [, head = '', expiry = '', id = '', nonce = '', seal = ''] = parts ?? [];
  const key = keys.byId(id);
  if (!parts || !key || !sameText(macHex(key, head), seal)) return { kind: 'forged' };
  const expires = Number(expiry);
  return now < expires ? { kind: 'fresh', nonce, expires } : { kind: 'expired' };
}
