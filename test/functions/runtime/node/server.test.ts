/** The Node server over bare sockets: what HTTP clients of 1999 and worse ones do to it. */
import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Ljgate, startLjgate } from '../../../support/server.ts';
import { exchange, formPost } from '../../../support/socket.ts';

let server: Ljgate;
beforeAll(async () => {
  server = await startLjgate('--demo', '--store', 'memory');
});
afterAll(() => server.stop());

const challenge = 'mode=getchallenge';
let marks = 0;

/** The number of lines in the log, which come a few ms after the calls: those of all calls so far. */
async function linesSoFar(): Promise<number> {
  const account = `mark_${marks++}`;
  await exchange(server.url, formPost('/interface/flat', `mode=login&user=${account}`));
  await expect.poll(() => server.log.at(-1)).toMatchObject({ account });
  return server.log.length;
}

describe('HTTP/1.0', () => {
  const request = (...lines: string[]) =>
    ['POST /interface/flat HTTP/1.0', ...lines, `Content-Length: ${challenge.length}`, '', challenge].join(
      '\r\n',
    );

  test.each([
    ['with a Host without a port', ['Host: localhost']],
    ['without any Host', []],
    ['with a Host that no URL can hold', ['Host: www.livejournal.com: 99999']],
    ['with keep-alive asked for', ['Host: localhost', 'Connection: keep-alive']],
  ])('%s: a Content-Length, no chunks', async (_, lines) => {
    const reply = await exchange(server.url, request(...lines));
    expect(reply.status).toBe(200);
    expect(reply.headers['transfer-encoding']).toBeUndefined();
    expect(reply.headers['content-length']).toBe(String(Buffer.byteLength(reply.text)));
  });

  test('the connection is closed after the reply', async () => {
    const socket = net.connect(Number(server.url.port), server.url.hostname);
    socket.write(request());
    socket.resume();
    await once(socket, 'end');
  });

  test('an extra CR LF CR LF after the body, as LJ::Simple sends, does no harm', async () => {
    const reply = await exchange(server.url, `${request('Host: localhost')}\r\n\r\n`);
    expect(reply.text).toContain('success\nOK\n');
  });
});

test('several requests on one connection are answered in order, also when sent at once', async () => {
  const body = 'mode=nonsense&user=a';
  const one = (mode: string) => {
    const text = body.replace('nonsense', mode);
    return `POST /interface/flat HTTP/1.1\r\nHost: x\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
  };
  const socket = net.connect(Number(server.url.port), server.url.hostname);
  socket.write(one('first') + one('second') + one('third'));
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes('third')) break;
  }
  expect([...text.matchAll(/Unknown mode \((\w+)\)/g)].map(([, mode]) => mode)).toEqual([
    'first',
    'second',
    'third',
  ]);
});

test('a connection on which hundreds of requests are sent ahead is closed, and others go on', async () => {
  const socket = net.connect(Number(server.url.port), server.url.hostname);
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  let answers = 0;
  socket.on('data', (chunk) => {
    answers += String(chunk).split('HTTP/1.1 ').length - 1;
  });
  socket.write('GET /session HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500));
  await closed;
  expect(answers).toBeLessThan(500);
  expect((await exchange(server.url, formPost('/interface/flat', challenge))).status).toBe(200);
});

test('a client that hangs up in the middle of its request is no error of ours', async () => {
  const before = await linesSoFar();
  const socket = net.connect(Number(server.url.port), server.url.hostname);
  socket.write('POST /interface/flat HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nmode=');
  await once(socket, 'connect');
  // Once the server has answered another call, it has read what came before.
  for (let calls = 1; calls <= 2; calls++) {
    expect((await exchange(server.url, formPost('/interface/flat', challenge))).status).toBe(200);
    socket.destroy();
  }
  await expect.poll(() => server.log.length).toBe(before + 2);
  expect(server.log.filter(({ level }) => level === 'ERROR')).toEqual([]);
});

test('GET /healthz says that the store answers', async () => {
  const reply = await fetch(new URL('/healthz', server.url));
  expect([reply.status, await reply.json()]).toEqual([200, { status: 'ok' }]);
});

test('a forwarded address is not believed from just anyone', async () => {
  const lines = ['X-Forwarded-For: 203.0.113.9', 'CF-Connecting-IP: 203.0.113.9', 'X-Real-IP: 203.0.113.9'];
  const before = await linesSoFar();
  await exchange(server.url, formPost('/interface/flat', 'mode=login&user=nobody', ...lines));
  await expect.poll(() => server.log.length).toBe(before + 1);
  expect(server.log.at(-1)).toMatchObject({ account: 'nobody', address: '127.0.0.1', outcome: 100 });
});

test('an address that cannot be read is said so in the log once, however often it comes', async () => {
  const behind = await startLjgate('--demo', '--store', 'memory', '--trust-proxy', '127.0.0.1');
  onTestFinished(async () => void (await behind.stop()));
  const nobody = { 'X-Forwarded-For': 'unknown' };
  for (let i = 0; i < 3; i++) await fetch(new URL('/session', behind.url), { headers: nobody });
  await fetch(new URL('/interface/flat', behind.url), { method: 'POST', body: 'mode=login&user=last' });
  await expect.poll(() => behind.log.at(-1)).toMatchObject({ account: 'last' });
  const said = behind.log.filter(({ message }) =>
    String(message).startsWith('X-Forwarded-For names no address'),
  );
  expect(said).toHaveLength(1);
});

test('the address of a call that succeeded is not logged', async () => {
  const before = await linesSoFar();
  await exchange(server.url, formPost('/interface/flat', challenge));
  await expect.poll(() => server.log.length).toBe(before + 1);
  expect(server.log.at(-1)).toMatchObject({ method: 'getchallenge', outcome: 'ok' });
  expect(server.log.at(-1)).not.toHaveProperty('address');
});

test('every request is one JSON line in the log, with no credential in it', async () => {
  const before = await linesSoFar();
  const body = 'mode=login&user=test&password=MARKED&clientversion=Win32-MFC/1.2.7%0Aforged';
  await exchange(server.url, formPost('/interface/flat', body));
  await expect.poll(() => server.log.length).toBe(before + 1);
  expect(server.log.at(-1)).toMatchObject({
    wire: 'flat',
    method: 'login',
    account: 'test',
    auth: 'clear',
    client: 'Win32-MFC/1.2.7?forged',
    outcome: 101,
    status: 200,
  });
  expect(JSON.stringify(server.log.at(-1))).not.toContain('MARKED');
});
