/** `npm run bench` in its shortest forms: it measures, compares and says so. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { canRunLambda } from '../support/packaged.ts';

const bench = fileURLToPath(new URL('main.ts', import.meta.url));
const run = (...args: string[]) => promisify(execFile)(process.execPath, [bench, ...args]);

test.skipIf(!canRunLambda())('the start of the packaged functions is told as a ratio to hello', async () => {
  const { stdout } = await run('--only', 'start', '--quick', '--rounds', '1', '--json');
  const { rounds, starts, sizes } = JSON.parse(stdout);
  expect(rounds).toBe(1);
  expect(starts.map(({ name }: { name: string }) => name)).toEqual(['hello', 'flat', 'xmlrpc']);
  expect(starts[0]).toMatchObject({ ofHello: { median: 1 } });
  for (const { ms, ofHello } of starts) expect(Math.min(ms.low, ofHello.low)).toBeGreaterThan(0);
  for (const { zip, javascript } of sizes) expect(Math.min(zip, javascript)).toBeGreaterThan(0);
});

test('work is told as a share of a bare server, and the target as met or missed', async () => {
  const { stdout } = await run('--only', 'work', '--quick', '--rounds', '1', '--work', 'cookie');
  expect(stdout).toMatch(
    /^\| log-in by cookie +\| 0\.82 of the floor +\| \d+\.\d+ +\| (met|\*\*missed\*\*) +\|$/m,
  );
});

test.each([
  [['--rounds', 'many'], /--rounds <n>' argument 'many' is invalid. It wants a whole number from 1 up/],
  [
    ['--only', 'all'],
    /Allowed choices are work, latency, relay, codecs, tricks, start, start-tricks, worker-start, growth, memory, dynamodb/,
  ],
])('%j is refused', async (args, words) => {
  await expect(run(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(words) });
});
