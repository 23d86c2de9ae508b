/** `npm run bench` in its shortest form: it measures, compares and says so. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { canRunLambda } from '../support/packaged.ts';

const bench = fileURLToPath(new URL('main.ts', import.meta.url));
const run = (...args: string[]) => promisify(execFile)(process.execPath, [bench, ...args]);

test.skipIf(!canRunLambda())('the start of the packaged functions is told as a ratio to hello', async () => {
  const { rounds, rows } = JSON.parse((await run('--rounds', '1', '--json')).stdout);
  expect(rounds).toBe(1);
  expect(rows.map(({ name }: { name: string }) => name)).toEqual(['hello', 'flat', 'xmlrpc']);
  expect(rows[0]).toMatchObject({ ratio: 1 });
  for (const { ms, ratio } of rows) expect(Math.min(ms, ratio)).toBeGreaterThan(0);
});

test('a wrong number of rounds is refused', async () => {
  await expect(run('--rounds', 'many')).rejects.toMatchObject({
    code: 2,
    stderr: 'bench: --rounds wants a number from 1 on; got "many"\n',
  });
});
