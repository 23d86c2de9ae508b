/** Bounds work that takes processor time: how much is done at once, how much waits, and for how long. */
import pLimit from 'p-limit';
import { HasherBusy } from '../../core/failures.ts';

/** The bounds. */
export interface QueueBounds {
  /** Done at once. */
  readonly concurrency: number;
  /** The most that may wait. */
  readonly queue: number;
  /** Milliseconds that work may wait: a client that waited longer has given up, or is about to. */
  readonly longestWait?: number;
  /** A monotonic clock, in milliseconds. */
  readonly now?: () => number;
}

/** Does work when there is room for it. @throws {HasherBusy} when too much waits, or this waited too long */
export type BoundedQueue = <T>(work: () => Promise<T>) => Promise<T>;

/** Opens a queue. `what`: the work, for messages. */
export function boundedQueue(
  what: string,
  { concurrency, queue, longestWait = 5000, now = () => performance.now() }: QueueBounds,
): BoundedQueue {
  const limit = pLimit(concurrency);
  return async (work) => {
    if (limit.activeCount + limit.pendingCount >= concurrency + queue) {
      throw new HasherBusy(`${queue} ${what} wait already`);
    }
    const since = now();
    return limit(async () => {
      if (now() - since > longestWait) throw new HasherBusy(`${what} waited for more than ${longestWait} ms`);
      return work();
    });
  };
}
