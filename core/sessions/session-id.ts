/** Ids of new sessions: made from the time, so that none is ever used twice. */
import type { Randomness } from '../ports.ts';
import { lifetimes } from './session.ts';
import { type SessionId, sessionIdOf } from './session-string.ts';

/**
 * Ids are seconds since 2024: taken from the last 12 hours at random, so that one account can make
 * many at once. A store refuses a used id for at least a day (`rowLifetime`), longer than it can be
 * picked again, so a conditional put alone makes every id unique for ever.
 */
const idEpoch = 1_704_067_200;
const idWindow = 12 * 3600;
const crowded = 20;
const upperHalf = 2 ** 30;

/** Seconds by which the clocks of two processes may differ. */
const skew = 3600;

/**
 * An id that is probably free; a store says whether it is. When many in a row were taken, the account's
 * last 12 hours are full: then the id comes from the upper half, a billion ids of which hardly any is used.
 * `now`: Unix seconds.
 */
export function pickSessionId(random: Randomness, now: number, attempt = 0): SessionId {
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
  const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  if (attempt >= crowded) return sessionIdOf(upperHalf + (number % upperHalf));
  return sessionIdOf(now - idEpoch - (number % idWindow));
}

/** Whether a session of that id could be valid: most ids that clients invent need not be looked up. */
export function mayBeAlive(id: SessionId, now: number): boolean {
  const made = idEpoch + id;
  return id >= upperHalf || (made <= now + skew && made >= now - lifetimes.long - idWindow - skew);
}
