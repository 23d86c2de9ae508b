/** Gives the whole process virtual time while a seed runs: caches and limits read the clock by themselves. */
import type { Scheduler } from './scheduler.ts';

/** Replaces `Date.now` and `performance.now`; the result puts them back. */
export function virtualRuntime(scheduler: Scheduler): () => void {
  const [dateNow, performanceNow] = [Date.now, performance.now];
  const begun = scheduler.now();
  Date.now = () => Math.floor(scheduler.now());
  performance.now = () => scheduler.now() - begun + 1_000_000;
  return () => {
    Date.now = dateNow;
    performance.now = performanceNow;
  };
}
