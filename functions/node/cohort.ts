/**
 * Requests that come close together are answered together. Between one request and the next the kernel's
 * and Node's own code push ours out of the processor's caches, which makes it take about three times as
 * long as in a loop; and what a store does for many at once, in one transaction, costs little more than
 * what it does for one.
 */

/** Resolves when the cohort that the caller joined is to be answered. */
export type JoinCohort = () => Promise<void>;

/** Turns of the event loop in a row that bring nobody: Node takes two for a new connection's request. */
const patience = 2;

/**
 * A cohort is closed once nobody else comes, so a request that comes alone waits for three turns without
 * work, some microseconds.
 * @param most - closes a cohort also: who came first waits no longer than the reading of so many takes
 */
export function cohorts(most = 32): JoinCohort {
  let cohort = Promise.withResolvers<void>();
  let size = 0;
  let sizeBefore = 0;
  let turnsAlone = 0;

  function look(): void {
    turnsAlone = size > sizeBefore ? 0 : turnsAlone + 1;
    sizeBefore = size;
    if (turnsAlone < patience && size < most) {
      setImmediate(look);
      return;
    }
    const { resolve } = cohort;
    cohort = Promise.withResolvers<void>();
    size = sizeBefore = turnsAlone = 0;
    resolve();
  }

  return () => {
    if (size++ === 0) setImmediate(look);
    return cohort.promise;
  };
}
