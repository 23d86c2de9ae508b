/**
 * `npm run bench`: measures ljgate beside a server that does nothing and beside others, in turn, in one
 * run on one machine, and says of each target whether it was met. Ratios, because machines differ.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Plan } from './plan.ts';
import { workTable } from './report.ts';
import { measureWork } from './work.ts';

const parts = ['work', 'start'] as const;

interface Options {
  readonly only?: (typeof parts)[number];
  readonly work?: string;
  readonly rounds?: number;
  readonly quick: boolean;
  readonly json: boolean;
}

const command = new Command('bench')
  .description('Measures ljgate beside a server that does nothing and beside others, in turn.')
  .addOption(new Option('--only <part>', 'one part alone').choices(parts))
  .option('--work <text>', 'only the work with this in its name')
  .option('--rounds <n>', 'rounds that count (default: 5, quick 3)', rounds)
  .option('--quick', 'short waves, new connections alone, no peers', false)
  .option('--json', 'print the numbers as JSON', false)
  .addHelpText(
    'after',
    `
Examples:
  npm run bench
  npm run -s bench -- --only work --quick
  npm run -s bench -- --only work --quick --work cookie`,
  );

function rounds(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It wants a number from 1 on.');
}

const options = command.parse().opts<Options>();
const plan: Plan = {
  quick: options.quick,
  rounds: options.rounds ?? (options.quick ? 3 : 5),
  waveMs: options.quick ? 700 : 1000,
  codecMs: options.quick ? 150 : 300,
  passwords: options.quick ? 40 : 80,
  peers: !options.quick,
  wants: (work) => work.includes(options.work ?? ''),
  say: (what) => process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${what}` : `${what}\n`),
  skip: (what) => process.stderr.write(`skipped ${what}\n`),
};
const rows = await measureWork(plan);
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
console.log(options.json ? JSON.stringify(rows) : workTable(rows));
process.exit();
