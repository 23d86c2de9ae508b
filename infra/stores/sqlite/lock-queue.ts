/** Retries work that another process's lock on SQLite blocked, until a deadline. */

/** Milliseconds that a task waits for another process. */
export const lockDeadline = 5000;

/** Milliseconds between two attempts, as in SQLite's own busy handler. The last one repeats. */
const delays = [1, 2, 5, 10, 15, 20, 25];

/** The most tasks done without a pause, so that other work can run in between. */
export const mostAtOnce = 500;

/** How tasks are done and ended. */
export interface LockQueueOptions<Task> {
  /** Does tasks, and returns those that are still blocked. */
  readonly attempt: (tasks: readonly Task[]) => readonly Task[];
  /** Ends a task whose deadline has passed. */
  readonly expire: (task: Task) => void;
  /** Called for each task that left the queue, with the milliseconds that it waited. */
  readonly waited?: (ms: number) => void;
  /** Called when the number of tasks in the queue may have changed. */
  readonly onLength?: (length: number) => void;
}

/** The waiting tasks, in the order of their arrival. */
export interface LockQueue<Task> {
  isEmpty(): boolean;
  add(tasks: readonly Task[]): void;
}

/** Makes an empty queue. */
export function lockQueue<Task>({
  attempt,
  expire,
  waited,
  onLength,
}: LockQueueOptions<Task>): LockQueue<Task> {
  let waiting: { readonly task: Task; readonly deadline: number }[] = [];
  let retries = 0;

  function retry(): void {
    const now = performance.now();
    const late = waiting.filter(({ deadline }) => deadline <= now);
    const inTime = waiting.filter(({ deadline }) => deadline > now);
    const some = inTime.slice(0, mostAtOnce);
    const blocked = new Set(attempt(some.map(({ task }) => task)));
    const left = inTime.filter(({ task }, i) => i >= mostAtOnce || blocked.has(task));
    if (waited) {
      const still = new Set(left);
      for (const entry of waiting) if (!still.has(entry)) waited(now - entry.deadline + lockDeadline);
    }
    waiting = left;
    onLength?.(left.length);
    retries = blocked.size > 0 ? retries + 1 : 0;
    schedule();
    for (const { task } of late) expire(task);
  }

  function schedule(): void {
    if (waiting.length === 0) return;
    if (retries === 0) setImmediate(retry);
    else setTimeout(retry, delays[retries - 1] ?? delays.at(-1));
  }

  return {
    isEmpty: () => waiting.length === 0,
    add(tasks) {
      if (tasks.length === 0) return;
      const first = waiting.length === 0;
      const deadline = performance.now() + lockDeadline;
      for (const task of tasks) waiting.push({ task, deadline });
      onLength?.(waiting.length);
      if (!first) return;
      retries = 1;
      schedule();
    },
  };
}
