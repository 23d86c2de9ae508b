/** The command line on a D1 database: wrangler's local one, which remote ones differ from by one flag. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseName, writeConfiguration } from '../../infra/store/d1-database.ts';
import { jsonLines, ljgate } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/stores.ts';

const folder = temporaryFolder();
writeConfiguration(folder);
const place = { folder, env: { LJGATE_STORE: `d1:${databaseName}@local`, NO_COLOR: '1' } };
const sqlite = { folder, env: { LJGATE_STORE: `sqlite:${join(folder, 'data/there.sqlite')}` } };

/** More than one command takes, and whatever a careless hand would trip over. */
const accounts = Array.from({ length: 30 }, (_, i) => ({
  username: `u${i}`,
  ...(i === 0 && { password: 'x' }),
  message: `it's;\n-- "?1" $& ${'☃'.repeat(1900)} ${i}`,
}));

test('accounts are brought to it, exported from it, and brought elsewhere', {
  timeout: 300_000,
}, async () => {
  const early = await ljgate(place, ['export']);
  expect(early.stderr).toMatch(/the tables of d1:ljgate@local are missing; run: ljgate tables create/);
  expect(await ljgate(place, ['tables', 'create'])).toMatchObject({ code: 0 });
  const lines = accounts.map((account) => JSON.stringify(account)).join('\n');
  const counts = [{ added: 30, updated: 0, unchanged: 0, refused: 0 }];
  expect(jsonLines(await ljgate(place, ['import', '-', '--json'], lines))).toEqual(counts);
  const exported = await ljgate(place, ['export']);
  const messages = jsonLines(exported).map(({ message }) => message);
  expect(new Set(messages)).toEqual(new Set(accounts.map(({ message }) => message)));
  expect(jsonLines(await ljgate(sqlite, ['import', '-', '--json'], exported.stdout))).toEqual(counts);
});

test('nothing is served from it', async () => {
  const { code, stderr } = await ljgate(place, ['serve', '--port', '0']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('wrangler dev')]);
});
