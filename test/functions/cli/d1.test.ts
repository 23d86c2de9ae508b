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

test('accounts are made, looked at, exported and brought over', async () => {
  const early = await ljgate(place, ['export']);
  expect(early.stderr).toMatch(/the tables of d1:ljgate@local are missing; run: ljgate tables create/);
  expect(await ljgate(place, ['tables', 'create'])).toMatchObject({ code: 0 });
  const lines = Array.from({ length: 3 }, (_, i) =>
    JSON.stringify({ username: `u${i}`, password: 'x', message: `it's;\n-- "?1" ☃ ${'$&'} ${i}` }),
  );
  const brought = await ljgate(place, ['import', '-', '--json'], lines.join('\n'));
  expect(jsonLines(brought)).toEqual([{ added: 3, updated: 0, unchanged: 0, refused: 0 }]);
  const exported = await ljgate(place, ['export']);
  expect(jsonLines(exported).map(({ message }) => message)).toEqual(
    [0, 1, 2].map((i) => `it's;\n-- "?1" ☃ $& ${i}`),
  );
  const again = await ljgate(sqlite, ['import', '-', '--json'], exported.stdout);
  expect(jsonLines(again)).toMatchObject([{ added: 3 }]);
});

test('nothing is served from it', async () => {
  const { code, stderr } = await ljgate(place, ['serve', '--port', '0']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('wrangler dev')]);
});
