/** The commands of the guide to backups, run in its order, while the store is served. */
import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { jsonLines, ljgate, main } from './support/cli.ts';
import { freshFolder, startLjgate } from './support/server.ts';

const run = promisify(execFile);
const guide = new URL('../infra/guides/backup.md', import.meta.url);

/** `npx ljgate` in a folder that is no clone: the command line of this one. */
const npx = 'npx() { shift; "$NODE" "$MAIN" "$@"; }\nset -e\n';

test('the guide makes backups, verifies and restores them, and moves the site', async () => {
  const folder = await freshFolder();
  await mkdir(join(folder, 'data'));
  const server = await startLjgate('--demo', '--store', `sqlite:${join(folder, 'data', 'ljgate.sqlite')}`);
  const blocks = [...(await readFile(guide, 'utf8')).matchAll(/^```bash\n(.*?)^```$/gms)].map(
    ([, code]) => code,
  );
  expect(blocks.length).toBe(5);
  const env = { ...process.env, NODE: process.execPath, MAIN: main };
  const { stdout } = await run('sh', ['-c', npx + blocks.join('')], { cwd: folder, env });
  await server.stop();
  expect(stdout).toMatch(/^made: monday\.age, with \d+ accounts/m);
  expect(stdout).toMatch(/^sound: monday\.age, with \d+ accounts/m);
  expect(stdout).toMatch(/^made: monday\.sqlite,/m);
  expect(stdout).toMatch(/^restored: monday\.age,/m);
  expect(stdout).toMatch(/✓ round trip/);
  expect(stdout).toMatch(/^added \d+, unchanged 0, skipped 0, refused 0, sessions \d+, tokens 0$/m);
  const listed = async (store: string) => {
    const place = { folder, env: { LJGATE_STORE: `sqlite:${join(folder, store, 'ljgate.sqlite')}` } };
    return jsonLines(await ljgate(place, ['accounts', 'list', '--json']));
  };
  const served = await listed('data');
  expect(served.length).toBeGreaterThan(0);
  expect(await listed('restored')).toEqual(served);
  expect(await listed('elsewhere')).toEqual(served);
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  expect(await read('monday.sqlite.secret.json')).toBe(await read('data/root-secret.json'));
}, 120_000);
