/** The command line on a D1 database: the one of `wrangler dev`, and one at Cloudflare. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseName, startCloudflareApi, writeConfiguration } from '../../infra/stores/d1/d1-database.ts';
import { jsonLines, ljgate } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/stores.ts';

const folder = temporaryFolder();
writeConfiguration(folder);
const local = { folder, env: { LJGATE_STORE: `d1:${databaseName}@local`, NO_COLOR: '1' } };

/** A database of its own, of `wrangler dev`. */
async function fresh() {
  const own = temporaryFolder();
  writeConfiguration(own);
  return { ...local, folder: own };
}

/** A database of its own, at what speaks as Cloudflare does. */
async function remote() {
  const { variables } = await startCloudflareApi();
  return { folder, env: { ...variables, LJGATE_STORE: `d1:${databaseName}`, NO_COLOR: '1' } };
}

/** Texts that are long, and whatever would end a statement that they were written into. */
const accounts = Array.from({ length: 30 }, (_, i) => ({
  username: `u${i}`,
  ...(i === 0 && { password: 'x' }),
  message: `it's;\n-- "?1" $& ${'☃'.repeat(1900)} ${i}`,
}));

test.each([
  ['of wrangler dev', fresh],
  ['at Cloudflare', remote],
])(
  'accounts are brought to the database %s, exported from it, and brought elsewhere',
  {
    timeout: 300_000,
  },
  async (where, open) => {
    const place = await open();
    const { folder: own } = place;
    const sqlite = { folder: own, env: { LJGATE_STORE: `sqlite:${join(own, 'data', `${where}.sqlite`)}` } };
    const early = await ljgate(place, ['export']);
    const { LJGATE_STORE } = place.env;
    expect(early.stderr).toContain(
      `the tables of ${LJGATE_STORE} are missing; run: npx ljgate tables create`,
    );
    expect(await ljgate(place, ['tables', 'create'])).toMatchObject({ code: 0 });
    const lines = accounts.map((account) => JSON.stringify(account)).join('\n');
    const counts = [{ added: 30, updated: 0, unchanged: 0, skipped: 0, refused: 0 }];
    expect(jsonLines(await ljgate(place, ['import', '-', '--json'], lines))).toEqual(counts);
    const exported = await ljgate(place, ['export']);
    const messages = jsonLines(exported).map(({ message }) => message);
    expect(new Set(messages)).toEqual(new Set(accounts.map(({ message }) => message)));
    expect(jsonLines(await ljgate(sqlite, ['import', '-', '--json'], exported.stdout))).toEqual(counts);
  },
);

test('an account that a row of D1 cannot take is refused by its line, dry run or not, and the rest is done', {
  timeout: 300_000,
}, async () => {
  await ljgate(local, ['tables', 'create']);
  const pictures = Array.from({ length: 1000 }, (_, i) => ({
    keyword: `k${i}`,
    url: `https://pics.example/${'☃'.repeat(900)}`,
  }));
  const lines = [{ username: 'big_acct', pictures }, { username: 'small1' }, { username: 'small2' }];
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  for (const dryRun of [['--dry-run'], []]) {
    const { code, stdout, stderr } = await ljgate(local, ['import', '-', ...dryRun], input);
    expect(stderr).toMatch(/^line 1: is too large: \d+ bytes, and a row of D1 takes \d+ of one account$/m);
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('added 2, updated 0, unchanged 0, skipped 0, refused 1'),
    ]);
  }
});

test('nothing is served from it', async () => {
  const { code, stderr } = await ljgate(local, ['serve', '--port', '0']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('wrangler dev')]);
});

test('a database that the configuration does not name is not made', async () => {
  const { code, stderr } = await ljgate(local, ['accounts', 'list', '--store', 'd1:other@local']);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/wrangler\.jsonc has no D1 database other/)]);
});

test('what the interface of Cloudflare needs is named', async () => {
  const place = { folder, env: { CLOUDFLARE_API_TOKEN: '', CLOUDFLARE_ACCOUNT_ID: '' } };
  const { code, stderr } = await ljgate(place, ['accounts', 'list', '--store', 'd1:ljgate']);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/needs CLOUDFLARE_API_TOKEN: make one/)]);
});
