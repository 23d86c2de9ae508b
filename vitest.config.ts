import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { long } from './test/support/effort.ts';
import { tallyReporter } from './test/support/tally-reporter.ts';

const include = ['test/**/*.test.ts'];

/** What measures, and so runs by itself, after all others. */
const alone = ['overload', 'soak', 'timing'].map((name) => `test/hostile/${name}.test.ts`);

const timeouts = { testTimeout: long ? 3_600_000 : 60_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    reporters: ['default', tallyReporter()],
    projects: [
      {
        test: {
          name: 'together',
          globalSetup: ['test/support/global-setup.ts'],
          include,
          exclude: ['node_modules/**', ...alone],
          // Most of the long ones wait, for time to pass or for programs to start.
          maxWorkers: availableParallelism() + 1,
          ...timeouts,
        },
      },
      {
        test: {
          name: 'alone',
          include: alone,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          ...timeouts,
        },
      },
    ],
  },
});
