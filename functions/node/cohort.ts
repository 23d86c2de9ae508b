/**
 * Requests that come close together are answered together. Between one request and the next the kernel's
 * and Node's own code push ours out of the processor's caches, which makes it take about three times as
 * long as in a loop; and what a store does for many at once, in one transaction, costs little more than
 * what it does for one.
 */

/** Resolves when the cohort that the caller joined is to be answered. */
export type JoinCohort = () => Promise<void>;

/**
 * A cohort is closed once a turn of the event loop brought nobody else, so a request that comes alone
 * waits for two turns without work, some microseconds.
 * @param most - closes a cohort also: who came first waits no longer than the reading of so many takes
 */
export function cohorts(most = 32): JoinCohort {
  let cohort = Promise.withResolvers<void>();
  let size = 0;
  let sizeBefore = 0;

  function look(): void {
    if (size > sizeBefore && size < most) {
      sizeBefore = size;
      setImmediate(look);
      return;
    }
    const { resolve } = cohort;
    cohort = Promise.withResolvers<void>();
    size = sizeBefore = 0;
    resolve();
  }

  return () => {
    if (size++ === 0) setImmediate(look);
    return cohort.promise;
  };
}
