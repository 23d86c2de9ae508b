/** Virtual time: what waits continues in the order of its time, and nothing waits for real. */

/** One that waits. */
interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/** A schedule. Times are Unix milliseconds. */
export interface Scheduler {
  now(): number;
  /** Resolves after so many milliseconds of virtual time. */
  sleep(ms: number): Promise<void>;
  /** Lets time pass without waking anybody: a night, or a month. */
  leap(ms: number): void;
  /** Runs until nothing waits. Between two steps all promise callbacks run. */
  run(): Promise<void>;
}

/** A schedule that begins at a time. */
export function createScheduler(start: number): Scheduler {
  const waiting: Waiting[] = [];
  let [time, order, leapt] = [start, 0, 0];
  return {
    now: () => time + leapt,
    sleep: (ms) =>
      new Promise((wake) => {
        waiting.push({ at: time + ms, order: order++, wake });
      }),
    leap(ms) {
      leapt += ms;
    },
    async run() {
      await settled();
      for (;;) {
        const next = first(waiting);
        if (!next) return;
        waiting.splice(waiting.indexOf(next), 1);
        time = Math.max(time, next.at);
        next.wake();
        await settled();
      }
    },
  };
}

function first(waiting: readonly Waiting[]): Waiting | undefined {
  let found = waiting[0];
  for (const each of waiting) {
    if (found && (each.at < found.at || (each.at === found.at && each.order < found.order))) found = each;
  }
  return found;
}

/** Resolves when every promise callback of this turn has run: none of them waits for anything outside. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
