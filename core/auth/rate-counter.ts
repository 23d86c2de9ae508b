/** Counts what accounts or callers do in one process: a client in a loop asks for hundreds of sessions a second. */
import type { Clock } from '../ports.ts';

/** So many within so many seconds. */
export interface RateRule {
  readonly count: number;
  readonly seconds: number;
}

/** How many sessions an account may ask for. @see PROTOCOL §3 */
export const defaultSessionRate: RateRule = { count: 60, seconds: 300 };

/** A count for each key. */
export interface RateCounter<Key> {
  /** Counts one more; `false`, and not counted, when there were as many as the rule allows. */
  allows(key: Key): boolean;
  /** Whether there were as many as the rule allows. */
  isFull(key: Key): boolean;
}

/** Keys that are counted at the most: the last ones. */
const mostKeys = 10_000;

/** Builds the counter of a process. */
export function createRateCounter<Key extends string>(
  clock: Clock,
  rule: RateRule | 'off',
): RateCounter<Key> {
  if (rule === 'off') return { allows: () => true, isFull: () => false };
  const times = new Map<Key, readonly number[]>();
  const recent = (key: Key) =>
    (times.get(key) ?? []).filter((time) => clock.now() - time < rule.seconds * 1000);
  return {
    allows(key) {
      const before = recent(key);
      const allowed = before.length < rule.count;
      // Set anew, a key is the last in the map's order.
      times.delete(key);
      times.set(key, allowed ? [...before, clock.now()] : before);
      const [oldest] = times.keys();
      if (times.size > mostKeys && oldest !== undefined) times.delete(oldest);
      return allowed;
    },
    isFull: (key) => recent(key).length >= rule.count,
  };
}
