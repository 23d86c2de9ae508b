import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { long } from './test/support/effort.ts';
import { tallyReporter } from './test/support/tally-reporter.ts';

const include = ['test/**/*.test.ts'];

/** What measures, and so runs by itself, after all others. */
const alone = ['overload', 'relay-load', 'soak', 'timing'].map((name) => `test/hostile/${name}.test.ts`);

/** Tests start the command line hundreds of times: from this cache it starts in less than half of the time. */
const compileCache = fileURLToPath(new URL('node_modules/.cache/node-compile-cache', import.meta.url));

/** What all tests run with. */
const common = {
  env: { NODE_COMPILE_CACHE: compileCache },
  setupFiles: ['test/support/quiet.ts'],
  testTimeout: long ? 3_600_000 : 300_000,
  hookTimeout: 300_000,
  // What takes a moment takes long on a busy machine.
  expect: { poll: { timeout: 60_000 } },
};

/** Another order in each run; vitest prints the seed, and `--sequence.seed` brings that order back. */
const shuffle = { files: true, tests: true };

export default defineConfig({
  test: {
    silent: 'passed-only',
    reporters: ['default', tallyReporter()],
    projects: [
      {
        test: {
          name: 'together',
          globalSetup: ['test/support/global-setup.ts'],
          include,
          exclude: ['node_modules/**', ...alone, ...(long ? [] : ['test/**/*.long.test.ts'])],
          // Most of the long ones wait, for time to pass or for programs to start.
          maxWorkers: availableParallelism() + 1,
          sequence: { shuffle },
          ...common,
        },
      },
      {
        test: {
          name: 'alone',
          include: alone,
          maxWorkers: 1,
          sequence: { groupOrder: 1, shuffle },
          ...common,
        },
      },
    ],
  },
});
