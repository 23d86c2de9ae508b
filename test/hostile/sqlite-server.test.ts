/** A server on SQLite whose file is locked, moved away or not flushed. */
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freshFolder, type Ljgate, startUnder } from '../support/server.ts';
import { exchange, formPost } from '../support/socket.ts';
import { flatReply, readFlat } from '../support/wire.ts';

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let file: string;
let server: Ljgate | undefined;
beforeEach(async () => {
  folder = await freshFolder();
  file = join(folder, 'lj.sqlite');
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(...args: string[]): Promise<Ljgate> {
  server = await startUnder([], '--demo', '--store', `sqlite:${file}`, ...args);
  return server;
}

const post = async ({ url }: Ljgate, body: string) =>
  flatReply((await exchange(url, formPost('/interface/flat', body))).text);
const making = 'mode=sessiongenerate&user=test&password=test';
const generate = (one: Ljgate) => post(one, making);

async function sessionOf(one: Ljgate): Promise<string> {
  const reply = await exchange(one.url, formPost('/interface/flat', making));
  return readFlat(reply.text).get('ljsession') ?? expect.unreachable();
}

const get = async ({ url }: Ljgate, path: string, session = '') =>
  (await fetch(new URL(path, url), { headers: { Cookie: `ljsession=${session}` } })).status;

test('while another process holds the write lock, hundreds of session checks and challenges are answered', async () => {
  const one = await start();
  const session = await sessionOf(one);
  const lock = new DatabaseSync(file);
  lock.exec('BEGIN IMMEDIATE');
  let writesAnswered = 0;
  // A write is on its way all the time: when one has waited for as long as any may, the next one comes.
  let released = false;
  const writing = async () => {
    while (!released) {
      await generate(one);
      writesAnswered++;
    }
  };
  const writers = [writing(), writing()];
  let answered = 0;
  const asking = async () => {
    for (let i = 0; i < 25 && writesAnswered === 0; i++) {
      expect(await get(one, '/session', session)).toBe(200);
      expect(await post(one, 'mode=getchallenge')).toMatchObject({ ok: true });
      expect(await get(one, '/healthz')).toBe(200);
      answered += 3;
    }
  };
  await Promise.all(Array.from({ length: 4 }, asking));
  expect([answered, writesAnswered]).toEqual([300, 0]);
  released = true;
  lock.exec('ROLLBACK');
  lock.close();
  await Promise.all(writers);
  expect(await generate(one)).toMatchObject({ ok: true });
});

test('where the file was moved away, calls are 502 and /healthz 503, until it is back', async () => {
  const one = await start();
  const session = await sessionOf(one);
  expect(await get(one, '/session', session)).toBe(200);
  renameSync(file, `${file}.moved`);
  expect(await generate(one)).toMatchObject({
    ok: false,
    why: 'Server error: Database temporarily unavailable',
  });
  expect(await get(one, '/healthz')).toBe(503);
  expect(await get(one, '/session', session)).toBe(503);
  renameSync(`${file}.moved`, file);
  await expect.poll(() => get(one, '/healthz'), { timeout: 30_000 }).toBe(200);
  expect(await get(one, '/session', session)).toBe(200);
  expect(await generate(one)).toMatchObject({ ok: true });
});

/** From the moment that the named file is there, one flush fails, as of a disk that is ending. */
const failingFlush = (when: string) => `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const flush = fs.fdatasync;
  let failed = false;
  fs.fdatasync = (file, done) => {
    if (failed || !fs.existsSync(${JSON.stringify(when)})) return flush(file, done);
    failed = true;
    done(new Error('EIO: i/o error, fdatasync'));
  };
  syncBuiltinESMExports();`;

test('after a flush that failed nothing is acknowledged; the server says why once, and ends to be started anew', async () => {
  const when = join(folder, 'fail');
  const preload = `data:text/javascript,${encodeURIComponent(failingFlush(when))}`;
  server = await startUnder(['--import', preload], '--demo', '--store', `sqlite:${file}`);
  const session = await sessionOf(server);
  writeFileSync(when, '');
  const ended = once(server.process, 'exit');
  expect(await generate(server)).toMatchObject({ ok: false });
  expect(await ended).toEqual([75, null]);
  const lines = server.log.filter(({ message }) => /^the store failed/.test(String(message)));
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).toContain('EIO');
  const again = await start();
  expect(await get(again, '/session', session)).toBe(200);
});
