/** Progress on standard error: a bar on a terminal, a line every few seconds elsewhere. */
import { MultiBar } from 'cli-progress';

/** Milliseconds between two lines where there is no terminal. */
const interval = 5000;

/** Shows how far something is. */
export interface Progress {
  /** `done` of the total; `items` for the rate. */
  update(done: number, items: number): void;
  /** A line of its own, above the bar. */
  say(line: string): void;
  stop(): void;
}

/** Starts to show it. `total`: in the measure of `done`; `undefined` when nobody knows. */
export function showProgress(total: number | undefined): Progress {
  return process.stderr.isTTY && total !== undefined ? bar(total) : lines(total);
}

function bar(total: number): Progress {
  const bars = new MultiBar({
    stream: process.stderr,
    format: '{bar} {percentage} % | {items} accounts, {rate}/s | {eta_formatted} left',
    hideCursor: true,
    etaBuffer: 50,
  });
  const rate = rateOf();
  const one = bars.create(Math.max(1, total), 0, { items: 0, rate: 0 });
  return {
    update: (done, items) => one.update(done, { items, rate: rate(items) }),
    say: (line) => bars.log(`${line}\n`),
    stop: () => bars.stop(),
  };
}

function lines(total: number | undefined): Progress {
  const rate = rateOf();
  let [done, items] = [0, 0];
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const timer = setInterval(() => {
    const share = total ? `, ${Math.floor((100 * done) / total)} %, ${left(total, done)}` : '';
    say(`${items} accounts, ${rate(items)}/s${share}`);
  }, interval);
  const started = performance.now();
  const left = (all: number, so: number) => {
    const seconds = so === 0 ? 0 : ((performance.now() - started) / 1000) * (all / so - 1);
    return `about ${Math.ceil(seconds)} s left`;
  };
  return {
    update(newDone, newItems) {
      [done, items] = [newDone, newItems];
    },
    say,
    stop: () => clearInterval(timer),
  };
}

/** Items a second since the start. */
function rateOf(): (items: number) => number {
  const started = performance.now();
  return (items) => Math.round((1000 * items) / Math.max(1, performance.now() - started));
}
