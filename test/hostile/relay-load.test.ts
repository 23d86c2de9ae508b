/** A site behind that hangs, floods and is not read: what it costs the gateway, and everybody else. */
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { hang, large } from '../support/misbehaviours.ts';
import { type Ljgate, startLjgate } from '../support/server.ts';
import { startUpstreamSite, type UpstreamSite } from '../support/upstream-site.ts';
import { flatReply } from '../support/wire.ts';
import { load, quantile } from './load.ts';

let site: UpstreamSite;
let server: Ljgate;

beforeAll(async () => {
  site = await startUpstreamSite({ way: 'anything' });
  const open = ['--demo', '--store', 'memory', '--login-ban', 'off', '--session-rate', 'off'];
  server = await startLjgate(...open, '--upstream', site.url.href);
});
afterAll(async () => {
  await server.stop();
  await site.stop();
});

const flat = async (fields: Readonly<Record<string, string>>) => {
  const body = new URLSearchParams(fields);
  const reply = await fetch(new URL('/interface/flat', server.url), { method: 'POST', body });
  return reply.text();
};

const known = { user: 'test', password: 'test' };

/** Lets the site answer, and waits until the breaker that its failures opened has closed: an open one refuses each call. */
async function siteAnswers(): Promise<void> {
  site.misbehave(undefined);
  const call = async () => flatReply(await flat({ mode: 'syncitems', ...known, ver: '1' })).ok;
  await expect.poll(call, { timeout: 60_000, interval: 1000 }).toBe(true);
}

/** Calls that the site may have at once; more are refused. */
const mostAtOnce = 128;

test('a hanging site costs session checks nothing: with 500 calls on their way, p99 within twice idle', {
  timeout: 240_000,
}, async () => {
  const session = flatReply(await flat({ mode: 'sessiongenerate', ...known })).value('ljsession') ?? '';
  const verify = () =>
    load({
      port: Number(server.url.port),
      connections: 8,
      rate: 200,
      seconds: 3,
      send: { kind: 'verify', session },
    });
  await verify();
  const ratios: number[] = [];
  for (let round = 0; round < 8 && !ratios.some((ratio) => ratio <= 2); round++) {
    await siteAnswers();
    const idle = await verify();
    site.misbehave(hang);
    let over = 0;
    const calls = Array.from({ length: 500 }, async () => {
      const reply = await flat({ mode: 'getevents', ...known, n: String(round) });
      over++;
      return reply;
    });
    // All have come: 128 hang, the others were refused at once.
    await expect.poll(() => over, { interval: 20 }).toBe(500 - mostAtOnce);
    const hanging = await verify();
    ratios.push(quantile(hanging['200'], 0.99) / quantile(idle['200'], 0.99));
    const challenged = flatReply(await flat({ mode: 'getchallenge' }));
    expect(challenged.ok).toBe(true);
    expect(flatReply(await flat({ mode: 'login', ...known })).ok).toBe(true);
    site.misbehave((_, outgoing) => outgoing.destroy());
    for (const { why } of (await Promise.all(calls)).map(flatReply))
      expect(why).toMatch(/temporarily unavailable/);
  }
  expect(Math.min(...ratios), `in each round: ${ratios}`).toBeLessThanOrEqual(2);
});

test('200 replies of 8 MiB at once stay within the memory that is stated', { timeout: 240_000 }, async () => {
  await siteAnswers();
  const size = 8 * 2 ** 20;
  site.misbehave(large(size));
  const before = residentOf(server);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, residentOf(server));
  }, 100);
  const body = 'mode=getevents&user=test&password=test';
  const taken = await Promise.all(
    Array.from({ length: 200 }, () => lengthOfReply(Number(server.url.port), body)),
  );
  clearInterval(watch);
  expect(taken.filter((length) => length > size).length).toBeGreaterThan(30);
  // Replies that were sent are freed a moment later. Without a bound the process grows by 900 MiB and more.
  expect(most - before).toBeLessThan(3 * 256 * 2 ** 20);
});

/** Bytes of memory that a process has; 0 where the system does not say. */
function residentOf({ process: { pid } }: Ljgate): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
}

/** The length of a reply, which is dropped as it comes. */
function lengthOfReply(port: number, body: string): Promise<number> {
  const socket = net.connect(port, '127.0.0.1');
  const head = `POST /interface/flat HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}`;
  socket.write(`${head}\r\n\r\n${body}`);
  let length = 0;
  socket.on('data', (chunk) => {
    length += chunk.length;
  });
  socket.on('error', () => {});
  return new Promise((resolve) => {
    socket.on('close', () => resolve(length));
  });
}

test('a client that takes nothing of its reply is disconnected, and its memory is given back', async () => {
  const other = await startUpstreamSite({ way: 'anything' });
  onTestFinished(() => other.stop());
  const options = ['--demo', '--store', 'memory', '--upstream', other.url.href, '--write-timeout', '1'];
  const own = await startLjgate(...options);
  onTestFinished(() => void own.stop());
  const size = 8 * 2 ** 20;
  other.misbehave(large(size));
  const body = 'mode=getevents&user=test&password=test';
  const taken = await Promise.all(
    Array.from({ length: 40 }, () => {
      const socket = net.connect(Number(own.url.port), '127.0.0.1');
      socket.write(
        `POST /interface/flat HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      let bytes = 0;
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
      socket.pause();
      // The kernel hands out what it had taken before.
      setTimeout(() => socket.resume(), 10_000).unref();
      socket.on('error', () => {});
      return new Promise<number>((resolve) => {
        socket.on('close', () => resolve(bytes));
      });
    }),
  );
  expect(Math.max(...taken)).toBeLessThan(size);
  other.misbehave(undefined);
  const call = async () => {
    const fields = new URLSearchParams({ mode: 'syncitems', user: 'test', password: 'test', ver: '1' });
    const reply = await fetch(new URL('/interface/flat', own.url), { method: 'POST', body: fields });
    return flatReply(await reply.text()).ok;
  };
  await expect.poll(call, { timeout: 60_000, interval: 1000 }).toBe(true);
}, 180_000);
