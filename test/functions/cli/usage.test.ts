/** `ljgate usage` over the log of a real server. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { jsonLines, ljgate, type WorkingFolder } from '../../support/cli.ts';
import { freshFolder, startLjgate } from '../../support/server.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

let place: WorkingFolder;
let log: string;

beforeAll(async () => {
  const folder = await freshFolder();
  place = { folder, env: { LJGATE_STORE: `sqlite:${join(folder, 'a.sqlite')}` } };
  const server = await startLjgate(
    ...['--demo', '--store', `sqlite:${join(folder, 'a.sqlite')}`, '--trust-proxy', '127.0.0.1'],
  );
  const [key] = jsonLines(await ljgate(place, ['keys', 'add', 'test', 'laptop', '--json']));
  const call = async (body: string, headers: Readonly<Record<string, string>> = {}) => {
    const url = new URL('/interface/flat', server.url);
    const reply = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'User-Agent': 'Agent/2', ...headers },
    });
    return (await reply.text()).split('\n');
  };
  const https = { 'X-Forwarded-For': '192.0.2.1', 'X-Forwarded-Proto': 'https' };
  await call('mode=login&user=test&password=test&clientversion=Old/1.0');
  await call('mode=login&user=test&password=wrong&clientversion=Old/1.0');
  await call(`mode=login&user=test&hpassword=${md5('test')}`);
  await call(`mode=login&user=test&password=${String(key?.['secret'])}`, https);
  const lines = await call('mode=getchallenge');
  const fresh = lines[lines.indexOf('challenge') + 1] ?? '';
  await call(
    `mode=login&user=test&auth_method=challenge&auth_challenge=${fresh}&auth_response=${md5(fresh + md5('test'))}`,
  );
  await call('mode=login&user=test&password=test', { 'User-Agent': 'x'.repeat(500) }).catch(() => {});
  await server.stop();
  log = server.log.map((entry) => `${JSON.stringify(entry)}\n`).join('');
});

test('each way in which a client calls is a row, with how often it was refused', async () => {
  const rows = jsonLines(await ljgate(place, ['usage', '-', '--json'], log));
  const row = (by: string) => rows.filter((each) => each['by'] === by);
  const flat = { scheme: 'http', wire: 'flat', method: 'login' };
  expect(row('password')).toContainEqual(
    expect.objectContaining({
      ...flat,
      client: 'Old/1.0',
      calls: 2,
      refusals: { 101: 1 },
      someAccounts: ['test'],
    }),
  );
  expect(row('md5')).toMatchObject([{ ...flat, client: 'Agent/2', calls: 1, accounts: 1 }]);
  expect(row('client key')).toMatchObject([{ ...flat, scheme: 'https', calls: 1 }]);
  expect(row('challenge')).toMatchObject([{ ...flat, calls: 1 }]);
  expect(row('none')).toMatchObject([{ method: 'getchallenge', calls: 1 }]);
  for (const { lastSeen } of rows) expect(lastSeen).toMatch(/^\d{4}-\d\d-\d\dT/);
  for (const { client } of rows) expect(client).toMatch(/^[ -~]{0,100}$/);
});

test('plain files and compressed ones are read alike, and people get a table', async () => {
  await writeFile(join(place.folder, 'a.log'), log);
  await writeFile(join(place.folder, 'b.log.gz'), gzipSync(log));
  const plain = jsonLines(await ljgate(place, ['usage', 'a.log', '--json']));
  expect(jsonLines(await ljgate(place, ['usage', 'b.log.gz', '--json']))).toEqual(plain);
  const both = jsonLines(await ljgate(place, ['usage', 'a.log', 'b.log.gz', '--json']));
  expect(both.map(({ calls }) => calls)).toEqual(plain.map(({ calls }) => 2 * Number(calls)));
  const { stdout } = await ljgate(place, ['usage', 'a.log']);
  expect(stdout).toMatch(/client.*by.*scheme.*wire.*method.*calls/);
  expect(stdout).toMatch(/Old\/1\.0.*password.*http.*flat.*login.*2.*101: 1/);
});

test('what cannot be read says what to do', async () => {
  const missing = await ljgate(place, ['usage', 'none.log']);
  expect([missing.code, missing.stderr]).toEqual([
    2,
    expect.stringMatching(/none\.log cannot be read .*; name a log/),
  ]);
  const text = await ljgate(place, ['usage', '-'], '14:03:07 flat login test by clear: ok (1 ms)\n');
  expect(text.stdout).toBe('no request is in these logs\n');
  expect(text.stderr).toContain('1 of 1 lines are no JSON; the server writes JSON with --log json');
});
