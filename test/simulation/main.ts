/** `npm run simulate`: runs one seed after another, until a number of them has held, or one fails. */
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { runSeeds } from './seeds.ts';

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
}

function stepNumbers(text: string): readonly number[] {
  return text.split(',').map(whole);
}

const options = new Command('npm run simulate --')
  .description('Runs whole deployments on bad days, in virtual time, and checks the promises of SECURITY.md.')
  .option('--seeds <number>', 'how many seeds to run', whole, 1000)
  .option('--from <seed>', 'the first seed; the next one is one more', whole, 1)
  .option('--minutes <number>', 'stop after so many minutes', whole)
  .option('--steps <numbers>', 'only these steps of each seed, as a failure prints them', stepNumbers)
  .option('--json', 'print the result as JSON')
  .addHelpText('after', '\nExit code 0: every seed held. 1: one did not; its shortened script is printed.')
  .parse()
  .opts<{ seeds: number; from: number; minutes?: number; steps?: readonly number[]; json?: true }>();

const { seeds: count, from, minutes, steps, json = false } = options;
const bar = new SingleBar({
  format: '{bar} {percentage}%, {value} seeds, {duration_formatted}',
  stream: process.stderr,
  noTTYOutput: !json,
  notTTYSchedule: 30_000,
});
bar.start(count, 0);
const until = performance.now() + (minutes ?? Number.POSITIVE_INFINITY) * 60_000;
const { seeds, events, failed } = await runSeeds({
  from,
  count,
  steps,
  until,
  onProgress: (done) => bar.update(done),
});
bar.stop();

const counts = Object.entries(events).toSorted(([a], [b]) => a.localeCompare(b));
if (json) {
  console.log(JSON.stringify({ seeds, from, events: Object.fromEntries(counts), failed }, null, 2));
} else {
  for (const [event, times] of counts) console.log(`${String(times).padStart(10)}  ${event}`);
  console.log(`${seeds} seeds from ${from} on: ${failed ? 'one failed' : 'all held'}`);
  if (failed) console.error(failed);
}
// Timers of the last deployment are left.
process.exit(failed ? 1 : 0);
