/**
 * `npm run bench`: how long a packaged function takes to start, as a ratio to a function that does
 * nothing, in one run. Ratios, because machines differ; `--rounds N`, and `--json` for a script.
 */
import { parseArgs } from 'node:util';
import { measureStarts, type Starts } from './start.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } },
});

/** The most that a function may take, as a multiple of hello's time. */
const goal = 2.5;

const rounds = Number(values.rounds);
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  console.error(`bench: --rounds wants a number from 1 on; got "${values.rounds}"`);
  process.exit(2);
}

const starts = await measureStarts(rounds, (round) => {
  if (process.stderr.isTTY) process.stderr.write(`\rround ${round} of ${rounds} `);
});
if (process.stderr.isTTY) process.stderr.write('\n');
const hello = median(starts.find(({ name }) => name === 'hello'));
const rows = starts.map((start) => {
  const ratio = median(start) / hello;
  const spread = [Math.min(...start.ms), Math.max(...start.ms)].map((ms) => Math.round(ms));
  return { name: start.name, ms: Math.round(median(start)), spread, ratio: Math.round(ratio * 100) / 100 };
});

if (values.json) console.log(JSON.stringify({ rounds, goal, rows }));
else {
  console.log('| start to first answer | median ms | spread | of hello | goal |\n|---|---|---|---|---|');
  for (const { name, ms, spread, ratio } of rows) {
    const met = ratio <= goal ? 'met' : 'missed';
    console.log(
      `| ${name} | ${ms} | ${spread.join('–')} | ${ratio} | ${name === 'hello' ? '' : `${goal}: ${met}`} |`,
    );
  }
}

function median(start: Starts | undefined): number {
  const sorted = (start?.ms ?? []).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
