/** Progress on standard error: a bar that moves on a terminal, and is printed every few seconds elsewhere. */
import { MultiBar } from 'cli-progress';

/** Milliseconds between two lines where there is no terminal. */
const interval = 5000;

/** What shows the progress of long work. */
export interface Progress {
  /** `done` of the total, and the items so far. */
  update(done: number, items: number): void;
  /** A line of its own, above the bar. */
  printAbove(line: string): void;
  stop(): void;
}

/** Starts to show it. `total`: in the unit of `done`; `undefined` when it is unknown. `what`: the items. */
export function showProgress(total: number | undefined, what = 'accounts'): Progress {
  const terminal = process.stderr.isTTY;
  const share = total === undefined ? '' : '{bar} {percentage} % | ';
  const rest = total === undefined ? '' : ' | {eta_formatted} left';
  const bars = new MultiBar({
    stream: process.stderr,
    format: `${share}{items} ${what}, {rate}/s${rest}`,
    hideCursor: true,
    etaBuffer: 50,
    noTTYOutput: true,
    notTTYSchedule: interval,
    // Elsewhere than on a terminal, the summary follows at once and says the same.
    clearOnComplete: !terminal,
  });
  const started = performance.now();
  const bar = bars.create(Math.max(1, total ?? 1), 0, { items: 0, rate: 0 });
  return {
    update(done, items) {
      const rate = Math.round((1000 * items) / Math.max(1, performance.now() - started));
      bar.update(done, { items, rate });
    },
    printAbove: (line) => (terminal ? bars.log(`${line}\n`) : process.stderr.write(`${line}\n`)),
    stop() {
      // On a terminal, only an update prints the lines that came since the last one.
      if (terminal) bars.update();
      bars.stop();
    },
  };
}
