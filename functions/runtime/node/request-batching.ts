/**
 * Requests that arrive close together are answered together. Between two requests the kernel's and Node's code
 * push ours out of the processor's caches, so that it takes about three times as long as in a loop. A store also
 * does the work of many requests in one transaction, which costs little more than the work of one.
 */

/** Resolves when the batch that the caller joined is to be answered. */
export type JoinBatch = () => Promise<void>;

/** Turns of the event loop without a new request that close a batch: Node takes two to read a new connection's request. */
const idleTurns = 2;

/**
 * A batch is closed when no more requests arrive. A request that arrives alone waits for three idle turns, some
 * microseconds.
 * @param maxSize - a batch of this size is closed at once, so that its first request does not wait longer
 */
export function requestBatches(maxSize = 32): JoinBatch {
  let batch = Promise.withResolvers<void>();
  let size = 0;
  let sizeBefore = 0;
  let turnsWithoutRequest = 0;

  function look(): void {
    turnsWithoutRequest = size > sizeBefore ? 0 : turnsWithoutRequest + 1;
    sizeBefore = size;
    if (turnsWithoutRequest < idleTurns && size < maxSize) {
      setImmediate(look);
      return;
    }
    const { resolve } = batch;
    batch = Promise.withResolvers<void>();
    size = sizeBefore = turnsWithoutRequest = 0;
    resolve();
  }

  return () => {
    if (size++ === 0) setImmediate(look);
    return batch.promise;
  };
}
