/** Bounds work that takes processor time: how much is done at once, how much waits, and for how long. */
import pLimit from 'p-limit';
import { HasherBusy } from '../../core/failures.ts';

/** Observes a queue, for metrics. */
export interface QueueObserver {
  /** Called when work comes, starts or ends. */
  changed(load: { readonly running: number; readonly waiting: number }): void;
  /** Called when work was refused. */
  refused(): void;
}

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
  readonly observer?: QueueObserver | undefined;
}

/** Does work when there is room for it. @throws {HasherBusy} when too much waits, or this waited too long */
export type BoundedQueue = <T>(work: () => Promise<T>) => Promise<T>;

/** Opens a queue. `what`: the work, for messages. */
export function boundedQueue(
  what: string,
  { concurrency, queue, longestWait = 5000, now = () => performance.now(), observer }: QueueBounds,
): BoundedQueue {
  const limit = pLimit(concurrency);
  const observe = () => observer?.changed({ running: limit.activeCount, waiting: limit.pendingCount });
  const refuse = (reason: string): never => {
    observer?.refused();
    throw new HasherBusy(reason);
  };
  return async (work) => {
    if (limit.activeCount + limit.pendingCount >= concurrency + queue) {
      refuse(`${queue} ${what} wait already`);
    }
    const since = now();
    const done = limit(async () => {
      observe();
      if (now() - since > longestWait) refuse(`${what} waited for more than ${longestWait} ms`);
      return work();
    });
    observe();
    return observer ? done.finally(() => setTimeout(observe, 0)) : done;
  };
}
