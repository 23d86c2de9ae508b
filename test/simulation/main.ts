/** `npm run simulate`: runs one seed after another, until a number of them has held, or one fails. */
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { reportOf, shorten } from './shorten.ts';
import { simulate } from './simulate.ts';
import { stepsOf } from './steps.ts';

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

const { seeds, from, minutes, steps: chosen } = options;
const end = performance.now() + (minutes ?? Number.POSITIVE_INFINITY) * 60_000;
const bar = new SingleBar({
  format: '{bar} {percentage}%, seed {seed}, {duration_formatted}',
  stream: process.stderr,
  noTTYOutput: true,
  notTTYSchedule: 30_000,
});
bar.start(seeds, 0, { seed: from });
const events = new Map<string, number>();
let [ran, failed] = [0, ''];
for (let seed = from; seed < from + seeds && performance.now() < end && failed === ''; seed++) {
  const steps = stepsOf(seed).filter(({ number }) => chosen?.includes(number) ?? true);
  const run = await simulate(seed, {}, steps);
  for (const [event, count] of run.events) events.set(event, (events.get(event) ?? 0) + count);
  ran++;
  bar.update(ran, { seed });
  if (run.violation) failed = reportOf(await shorten(run));
}
bar.stop();

const counts = [...events].toSorted(([a], [b]) => a.localeCompare(b));
if (options.json) {
  const result = { seeds: ran, from, events: Object.fromEntries(counts), ...(failed && { failed }) };
  console.log(JSON.stringify(result, null, 2));
} else {
  for (const [event, count] of counts) console.log(`${String(count).padStart(10)}  ${event}`);
  console.log(`${ran} seeds from ${from} on: ${failed ? 'the last one failed' : 'all held'}`);
  if (failed) console.error(failed);
}
// Timers of the last deployment are left.
process.exit(failed ? 1 : 0);
