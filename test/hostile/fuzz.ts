/** `npm run fuzz`: tries every property with one seed after another, until time is over or one fails. */
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { startLjgate } from '../support/server.ts';
import { properties } from './properties.ts';
import { type PythonReader, startPythonReader } from './python-reader.ts';

/** Runs of a property with one seed. */
const batch = 500;

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('must be a number above 0');
  return number;
}

const options = new Command('npm run fuzz --')
  .description('Sends what it can make up to the endpoints and the Node server, and checks what comes back.')
  .option('--minutes <number>', 'how long to try', positive, 5)
  .option('--runs <number>', 'how many cases at most', positive)
  .option('--seed <number>', 'the seed to begin with; the next one is one more', positive)
  .option('--only <text>', 'only the properties with this text in their names')
  .addHelpText(
    'after',
    '\nExit code 0: every case held. 1: one did not; its seed, path and input are printed.',
  )
  .parse()
  .opts<{ minutes: number; runs?: number; seed?: number; only?: string }>();

const chosen = properties.filter(({ name }) => name.includes(options.only ?? ''));
if (chosen.length === 0) throw new Error(`no property has "${options.only}" in its name`);

const server = await startLjgate('--demo', '--store', 'memory', '--login-ban', 'off');
let reader: PythonReader | undefined;
const bench = {
  url: server.url,
  python() {
    reader ??= startPythonReader();
    return reader;
  },
};

const most = options.runs ?? Number.POSITIVE_INFINITY;
const first = options.seed ?? Date.now() % 2 ** 31;
const started = Date.now();
const end = started + options.minutes * 60_000;
console.log(`${chosen.length} properties for ${options.minutes} minutes, from seed ${first} on`);
const bar = new SingleBar({
  format: '{bar} {percentage}% of the time, {runs} cases, seed {seed}',
  noTTYOutput: true,
  notTTYSchedule: 30_000,
});
bar.start(end - started, 0, { runs: 0, seed: first });

let runs = 0;
const failures = new Map<string, string>();
for (let seed = first; Date.now() < end && runs < most; seed++) {
  for (const property of chosen) {
    if (failures.has(property.name)) continue;
    const numRuns = Math.min(batch, Math.ceil(most - runs));
    if (numRuns <= 0) break;
    const tried = await property.attempt(bench, { seed, numRuns, within: Math.max(1, end - Date.now()) });
    runs += tried.runs;
    if (tried.failure !== undefined) failures.set(property.name, report(tried.failure, tried.input));
    bar.update(Math.min(Date.now(), end) - started, { runs, seed });
  }
}
bar.stop();
for (const [name, text] of failures) console.error(`\n${name}\n${text}`);
const errors = server.log.filter(({ level }) => level === 'ERROR');
for (const error of errors) console.error(`\nThe server logged an error:\n${JSON.stringify(error)}`);
reader?.close();
await server.stop();
console.log(`${runs} cases, ${failures.size} of ${chosen.length} properties failed`);
process.exitCode = failures.size + errors.length > 0 ? 1 : 0;

function report(failure: string, input: string | undefined): string {
  const file =
    input === undefined ? '' : `\nAs a file of test/hostile/corpus:\n\nWhy: \nThen: \n\n${input}\n`;
  return failure + file;
}
