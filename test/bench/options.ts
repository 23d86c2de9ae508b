/** The command line of `npm run bench`. */
import { Command, InvalidArgumentError, Option } from 'commander';

const parts = [
  'work',
  'latency',
  'relay',
  'codecs',
  'tricks',
  'start',
  'start-tricks',
  'worker-start',
  'growth',
  'memory',
  'dynamodb',
] as const;

/** What was asked for. */
export interface Options {
  readonly only?: (typeof parts)[number];
  readonly work?: string;
  readonly rounds?: number;
  readonly quick: boolean;
  readonly json: boolean;
  readonly write: boolean;
}

/** Reads the command line; ends the process with exit code 2 when it is wrong. */
export function readOptions(): Options {
  return new Command('bench')
    .description(
      'Measures ljgate beside a server that does nothing and beside others, in turn. Prints tables in\n' +
        'Markdown, with each target met or not; a whole run writes them to test/bench/RESULTS.md, with a chart.',
    )
    .addOption(new Option('--only <part>', 'one part alone').choices(parts))
    .option('--work <text>', 'only the work with this text in its name')
    .option('--rounds <n>', 'rounds that count (default: 12, quick 3)', count)
    .option('--quick', 'short waves, new connections, small sizes, no peers', false)
    .option('--json', 'print the numbers as JSON', false)
    .option('--write', 'write the files also after less than a whole run', false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .addHelpText(
      'after',
      `
Examples:
  npm run bench
  npm run -s bench -- --quick
  npm run -s bench -- --only work --quick --work cookie
  npm run -s bench -- --only codecs --json`,
    )
    .parse()
    .opts<Options>();
}

function count(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It wants a whole number from 1 up.');
}
