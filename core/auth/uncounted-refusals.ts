/**
 * Refusals that the store could not count, for instance because its disk is full. Without them a caller
 * could guess without limit until the disk has space again. Each process has its own, and their number is
 * limited: callers must not fill the memory.
 */
import { type BanWatch, type RefusalKey, refusalMemory } from './bans.ts';

/** The refusals. Times are Unix ms. */
export interface UncountedRefusals {
  add(watch: BanWatch, at: number): void;
  /** Times that the store gave, with those that it lacks. */
  with(key: RefusalKey, times: readonly number[]): readonly number[];
}

/** Keys at most; the oldest are dropped. */
const maxKeys = 10_000;

/** Times per key at most: more than any sensible rule needs for a ban. */
const maxTimes = 1000;

/** Holds refusals for as long as they can matter. */
export function uncountedRefusals(): UncountedRefusals {
  const byKey = new Map<RefusalKey, readonly number[]>();
  return {
    add({ key, rule }, at) {
      const recent = (byKey.get(key) ?? []).filter((time) => time > at - refusalMemory(rule));
      byKey.delete(key);
      byKey.set(key, [...recent, at].slice(-maxTimes));
      const [oldest] = byKey.keys();
      if (byKey.size > maxKeys && oldest !== undefined) byKey.delete(oldest);
    },
    with(key, times) {
      const missing = [...(byKey.get(key) ?? [])];
      // A write that seemed to fail may have succeeded: then its time is in both lists.
      for (const time of times) {
        const at = missing.indexOf(time);
        if (at !== -1) missing.splice(at, 1);
      }
      return missing.length > 0 ? [...times, ...missing] : times;
    },
  };
}
