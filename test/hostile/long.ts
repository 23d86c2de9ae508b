/**
 * `npm run test:long`: the hostile tests, each as hard as it can, and what takes minutes wherever it is.
 * Arguments go to vitest.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/hostile', '.long.test.ts', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, LJGATE_TEST_LONG: 'true' },
  },
);
process.exitCode = status ?? 1;
