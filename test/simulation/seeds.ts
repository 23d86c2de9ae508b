/** Runs many seeds: a few in this process, more in processes of their own, one to a core. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { reportOf, shorten } from './shorten.ts';
import { simulate } from './simulate.ts';
import { stepsOf } from './steps.ts';

/** What came of some seeds. */
export interface SeedsRun {
  /** How many were run. */
  readonly seeds: number;
  /** How often each kind of event came. */
  readonly events: Readonly<Record<string, number>>;
  /** The shortened script of the first that failed; '' when all held. */
  readonly failed: string;
}

/** Some of all seeds. */
export interface Seeds {
  readonly from: number;
  readonly count: number;
  /** Only these steps of each. */
  readonly steps?: readonly number[] | undefined;
  /** Milliseconds of `performance.now()` after which no other one begins. */
  readonly until?: number;
  /** Called with the number of those that are done. */
  readonly onProgress?: (done: number) => void;
}

/** Seeds that one process runs: what they leave in its memory goes with it. */
const perProcess = 250;

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Runs seeds, and stops at the first that fails. */
export async function runSeeds(asked: Seeds): Promise<SeedsRun> {
  return asked.count > perProcess ? runInProcesses(asked) : runHere(asked);
}

async function runHere({ from, count, steps, until = Infinity, onProgress }: Seeds): Promise<SeedsRun> {
  const events = new Map<string, number>();
  let [seeds, failed] = [0, ''];
  while (seeds < count && performance.now() < until && failed === '') {
    const seed = from + seeds++;
    const run = await simulate(
      seed,
      {},
      stepsOf(seed).filter(({ number }) => steps?.includes(number) ?? true),
    );
    for (const [event, times] of run.events) events.set(event, (events.get(event) ?? 0) + times);
    if (run.violation) failed = reportOf(await shorten(run));
    onProgress?.(seeds);
  }
  return { seeds, events: Object.fromEntries(events), failed };
}

async function runInProcesses({
  from,
  count,
  steps,
  until = Infinity,
  onProgress,
}: Seeds): Promise<SeedsRun> {
  const limit = pLimit(availableParallelism());
  const runs: SeedsRun[] = [];
  const isOver = () => performance.now() >= until || runs.some(({ failed }) => failed !== '');
  const parts = Array.from({ length: Math.ceil(count / perProcess) }, (_, i) => i * perProcess);
  await limit.map(parts, async (before) => {
    if (isOver()) return;
    const part = Math.min(perProcess, count - before);
    runs.push(await runElsewhere(from + before, part, steps));
    onProgress?.(runs.reduce((sum, { seeds }) => sum + seeds, 0));
  });
  const events = new Map<string, number>();
  for (const run of runs) {
    for (const [event, times] of Object.entries(run.events))
      events.set(event, (events.get(event) ?? 0) + times);
  }
  return {
    seeds: runs.reduce((sum, { seeds }) => sum + seeds, 0),
    events: Object.fromEntries(events),
    failed: runs.find(({ failed }) => failed !== '')?.failed ?? '',
  };
}

async function runElsewhere(from: number, count: number, steps?: readonly number[]): Promise<SeedsRun> {
  const args = [main, '--json', '--seeds', String(count), '--from', String(from)];
  if (steps) args.push('--steps', steps.join(','));
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (printed === '') throw new Error(`the seeds from ${from} on ended without a result: ${complaint}`);
  return JSON.parse(printed);
}
