/** `ljgate import` of many accounts: memory stays flat. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines, ljgate, type WorkingFolder } from '../../support/cli.ts';
import { dynamodbLocal, temporaryFolder, uniquePrefix } from '../../support/stores.ts';
import { accountLines } from './accounts-to-import.ts';

const local = await dynamodbLocal();
const folder = temporaryFolder();

/** Runs a command and finds out the most memory that it held, in MiB. */
async function withPeak(place: WorkingFolder, args: readonly string[]) {
  const note = join(folder, 'peak');
  const script = `import { writeFileSync } from 'node:fs';
    process.on('exit', () => writeFileSync(${JSON.stringify(note)}, String(process.resourceUsage().maxRSS)));`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(script)}`;
  const ran = await ljgate({ ...place, env: { ...place.env, NODE_OPTIONS } }, args);
  return { ...ran, peak: Number(await readFile(note, 'utf8')) / 1024 };
}

test('100,000 accounts, one in 100 with a password, stay under 300 MB, and told every few seconds', async () => {
  const place = { folder, env: { LJGATE_STORE: 'sqlite:lj.sqlite', LJGATE_SECRET: 'secret.json' } };
  await writeFile(join(folder, 'accounts.jsonl'), accountLines(100_000, 100));
  const first = await withPeak(place, ['import', 'accounts.jsonl', '--json']);
  expect([first.code, jsonLines(first)]).toEqual([
    0,
    [{ added: 100_000, updated: 0, unchanged: 0, skipped: 0, refused: 0 }],
  ]);
  expect(first.peak).toBeLessThan(286);
  expect(first.stderr).toMatch(/^[=-]+ \d+ % \| \d+ accounts, \d+\/s \| \S+ left$/m);
  const again = await withPeak(place, ['import', 'accounts.jsonl', '--on-conflict', 'update']);
  expect([again.code, again.stdout]).toEqual([
    0,
    'added 0, updated 0, unchanged 100000, skipped 0, refused 0\n',
  ]);
  expect(again.peak).toBeLessThan(286);
});

test.skipIf(local === undefined)('on DynamoDB Local 5,000 accounts stay under 300 MB, too', async () => {
  const env = { LJGATE_STORE: `dynamodb:${uniquePrefix()}@${local}`, LJGATE_SECRET: 'dynamodb.json' };
  const place = { folder, env };
  await writeFile(join(folder, '5k.jsonl'), accountLines(5000, 100));
  await ljgate(place, ['tables', 'create']);
  const ran = await withPeak(place, ['import', '5k.jsonl']);
  expect(ran).toMatchObject({
    code: 0,
    stdout: 'added 5000, updated 0, unchanged 0, skipped 0, refused 0\n',
  });
  expect(ran.peak).toBeLessThan(286);
});
