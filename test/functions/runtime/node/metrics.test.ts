/** `--metrics`: what Prometheus reads from a real server. */
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Exposition, readExposition } from '../../../support/exposition.ts';
import { freshFolder, type Ljgate, startLjgate } from '../../../support/server.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

let server: Ljgate;
let path: string;
let page: string;

beforeAll(async () => {
  path = join(await freshFolder(), 'a.sqlite');
  // An address that is not this machine's can be banned.
  const flags = ['--metrics', '127.0.0.1:0', '--trust-proxy', '127.0.0.1'];
  server = await startLjgate('--demo', '--store', `sqlite:${path}`, ...flags);
  page = String(server.log.find(({ message }) => message === 'listening')?.['metrics']);
});
afterAll(() => server.stop());

async function flat(body: string, address = '192.0.2.1'): Promise<string> {
  const headers = { 'X-Forwarded-For': address };
  const response = await fetch(new URL('/interface/flat', server.url), { method: 'POST', body, headers });
  return response.text();
}

async function metrics(): Promise<Exposition> {
  const response = await fetch(page);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return readExposition(await response.text());
}

test('calls are counted by wire, method and outcome, and their time is measured in seconds', async () => {
  const before = await metrics();
  await flat('mode=login&user=test&password=test');
  await flat('mode=login&user=test&password=test');
  await flat('mode=login&user=test&password=wrong');
  const now = await metrics();
  const grown = (name: string, labels: Readonly<Record<string, string>>) =>
    now.value(name, labels) - before.value(name, labels);
  const login = { wire: 'flat', method: 'login' };
  expect(grown('ljgate_calls_total', { ...login, outcome: 'ok' })).toBe(2);
  expect(grown('ljgate_calls_total', { ...login, outcome: '101' })).toBe(1);
  expect(grown('ljgate_requests_total', { wire: 'flat', status: '200' })).toBe(3);
  expect(grown('ljgate_request_duration_seconds_count', login)).toBe(3);
  expect(grown('ljgate_request_duration_seconds_bucket', { ...login, le: '10' })).toBe(3);
  expect(grown('ljgate_request_duration_seconds_sum', login)).toBeLessThan(30);
  expect(grown('ljgate_store_duration_seconds_count', { wire: 'flat' })).toBe(3);
  const computed = grown('ljgate_password_checks_total', { answer: 'computed' });
  const remembered = grown('ljgate_password_checks_total', { answer: 'remembered' });
  // Another test may have logged in before, so that the first log-in here is remembered, too.
  expect([computed >= 1, remembered >= 1, computed + remembered]).toEqual([true, true, 3]);
  expect(grown('ljgate_hash_duration_seconds_count', { wire: 'flat' })).toBe(computed);
  expect(grown('ljgate_record_reads_total', { from: 'cache' })).toBeGreaterThan(0);
  expect(grown('ljgate_sqlite_flush_duration_seconds_count', {})).toBeGreaterThan(0);
  expect(now.value('ljgate_sqlite_log_bytes')).toBeGreaterThan(0);
  expect(now.types.get('nodejs_eventloop_lag_p99_seconds')).toBe('gauge');
  expect(now.types.get('ljgate_hashes_waiting')).toBe('gauge');
});

test('a banned call is counted as one', async () => {
  const banned = async () => (await metrics()).value('ljgate_banned_calls_total', { wire: 'flat' });
  const before = await banned();
  for (let i = 0; i < 5; i++) await flat('mode=login&user=test&password=wrong', '192.0.2.2');
  expect(await banned()).toBe(before);
  await flat('mode=login&user=test&password=wrong', '192.0.2.2');
  expect(await banned()).toBe(before + 1);
});

test('a stranger makes no series, whatever he sends', async () => {
  await flat('mode=no_such_mode&user=test&password=test');
  // Node's own series come when something first happens, such as another kind of garbage collection.
  const own = async () => (await metrics()).samples.filter(({ name }) => name.startsWith('ljgate_')).length;
  const before = await own();
  for (let i = 0; i < 50; i++)
    await flat(`mode=made_up_${String.fromCharCode(97 + (i % 26))}${i}&user=u_${i}`);
  const after = await metrics();
  expect(after.value('ljgate_calls_total', { method: 'unknown' })).toBeGreaterThan(50);
  expect(await own()).toBe(before);
});

test('a write that another process kept waiting shows as a wait', async () => {
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const waiting = flat('mode=sessiongenerate&user=test&password=test');
  await expect.poll(async () => (await metrics()).value('ljgate_sqlite_writes_waiting')).toBeGreaterThan(0);
  other.exec('ROLLBACK');
  other.close();
  expect(await waiting).toContain('ljsession');
  expect((await metrics()).value('ljgate_sqlite_lock_wait_seconds_count')).toBeGreaterThan(0);
});

test('names and units follow the conventions of Prometheus', async () => {
  const { types } = await metrics();
  const own = [...types].filter(([name]) => name.startsWith('ljgate_'));
  expect(own.length).toBeGreaterThan(15);
  for (const [name, type] of own) {
    expect(name).toMatch(/^[a-z_]+$/);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
  }
});

test('the page is on its own listener alone, and nothing else is there', async () => {
  expect((await fetch(new URL('/metrics', server.url))).status).toBe(404);
  expect((await fetch(new URL('/interface/flat', page))).status).toBe(404);
  expect((await fetch(page, { method: 'POST' })).status).toBe(405);
});

test('no function and no Worker has its library: only the server loads it, where it is asked to', () => {
  const files = globSync('{core,functions,infra}/**/*.ts', { cwd: root });
  const having = (text: string) =>
    files.filter((file) => readFileSync(join(root, file), 'utf8').includes(text)).toSorted();
  expect(having("'prom-client'")).toEqual(['functions/runtime/node/metrics.ts']);
  expect(having("import('../runtime/node/metrics.ts')")).toEqual(['functions/cli/serve.ts']);
  const importers = having("/metrics.ts'").filter((file) => file !== 'functions/cli/serve.ts');
  for (const file of importers) {
    expect(readFileSync(join(root, file), 'utf8')).toMatch(/^import type .*metrics\.ts'/m);
  }
});

test("calls for the site behind are counted by their method and the site's status, of known names alone", async () => {
  const site = createServer((_, reply) => reply.end('success\nOK\n')).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  const flags = ['--demo', '--store', 'memory', '--metrics', '127.0.0.1:0'];
  const relaying = await startLjgate(...flags, '--upstream', `http://127.0.0.1:${port}`);
  const own = String(relaying.log.find(({ message }) => message === 'listening')?.['metrics']);
  for (const mode of ['getevents', 'made_up', 'made_up_too', 'constructor']) {
    const body = `mode=${mode}&user=test&password=test`;
    await fetch(new URL('/interface/flat', relaying.url), { method: 'POST', body });
  }
  const page = readExposition(await (await fetch(own)).text());
  expect(page.value('ljgate_relayed_calls_total', { method: 'getevents', status: '200' })).toBe(1);
  expect(page.value('ljgate_relayed_calls_total', { method: 'other', status: '200' })).toBe(3);
  expect(page.value('ljgate_relay_duration_seconds_count')).toBe(4);
  expect(page.samples.filter(({ name }) => name === 'ljgate_relay_failing')).toMatchObject([{ value: 0 }]);
  await relaying.stop();
  site.close();
});

test('it listens on a Unix socket, too', async () => {
  const socketPath = join(await freshFolder(), 'm.sock');
  const other = await startLjgate('--demo', '--store', 'memory', '--metrics', `unix:${socketPath}`);
  const answer = await new Promise<string>((resolve, reject) => {
    request({ socketPath, path: '/metrics' }, (reply) => resolve(text(reply)))
      .once('error', reject)
      .end();
  });
  expect(readExposition(answer).types.get('ljgate_calls_total')).toBe('counter');
  expect(await other.stop()).toBe(0);
});
