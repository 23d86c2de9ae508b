/** What hostile inputs leave in the log that people read: a sentence a request, and nothing of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freshFolder } from '../support/server.ts';
import { tally } from '../support/tally.ts';
import { type Family, families, readFamily } from './corpus.ts';
import { socketTransport } from './transports.ts';

const main = fileURLToPath(new URL('../../functions/cli/ljgate.ts', import.meta.url));

let url: URL;
let printed = '';
let stop: () => Promise<void>;
beforeAll(async () => {
  const args = [
    main,
    'serve',
    '--demo',
    '--store',
    'memory',
    '--port',
    '0',
    '--log',
    'text',
    '--login-ban',
    'off',
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: await freshFolder(),
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
  };
  url = await vi.waitFor(() => new URL(/http:\/\/[\d.]+:\d+/.exec(printed)?.[0] ?? ''), { timeout: 60_000 });
});
afterAll(() => stop());

/** The inputs that are about what ends up in a log. */
const telling =
  /crlf|nul|clientversion|user|mode|escapes|characters|headers|cookies\/(?:beside|values|long)|method/;

/** `14:03:07 flat login test by challenge: 101 (1.8 ms, 192.0.2.7, Client/1.0)` */
const sentence =
  /^\d\d:\d\d:\d\d (?:flat|xmlrpc) (?:several calls|[\w.]+(?: \w{1,25} by \w+)?: (?:ok|-?\d+)) \([\d.]+ ms(?:, 127\.0\.0\.1)?(?:, [^\p{C}\p{Zl}\p{Zp}]{1,100})?\)$/u;

test('every line is one request, whatever was sent', async ({ task }) => {
  const target = socketTransport(url);
  let sent = 0;
  let logged = 0;
  for (const family of Object.keys(families) as Family[]) {
    for (const { name, requests } of readFamily(family).filter(({ name }) => telling.test(name))) {
      for (const request of requests()) {
        const { status } = await target(request);
        expect(status, name).toBeLessThan(500);
        if (status === 200) logged++;
        sent++;
      }
    }
  }
  const lines = () =>
    printed
      .slice(printed.search(/^\d\d:\d\d:\d\d flat|^\d\d:\d\d:\d\d xmlrpc/m))
      .split(/[\n\r\u0085\u2028\u2029]/)
      .filter((line) => line !== '');
  await expect.poll(() => lines().length).toBeGreaterThanOrEqual(logged);
  expect(lines().filter((line) => !sentence.test(line))).toEqual([]);
  expect(lines()).toHaveLength(logged);
  tally(task, 'hostile inputs', sent);
});
