/** The Node server over bare sockets: what HTTP clients of 1999 and worse ones do to it. */
import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ljgate, startLjgate } from '../../support/server.ts';
import { exchange, formPost } from '../../support/socket.ts';

let server: Ljgate;
beforeAll(async () => {
  server = await startLjgate('--demo', '--store', 'memory');
});
afterAll(() => server.stop());

const challenge = 'mode=getchallenge';

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

test('a chunked request is read', async () => {
  const chunks = `7\r\nmode=ge\r\na\r\ntchallenge\r\n0\r\n\r\n`;
  const head = 'POST /interface/flat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect((await exchange(server.url, head + chunks)).text).toContain('success\nOK\n');
});

test('Expect: 100-continue is continued', async () => {
  const socket = net.connect(Number(server.url.port), server.url.hostname);
  socket.write(
    `POST /interface/flat HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ${challenge.length}\r\n\r\n`,
  );
  const [first] = await once(socket, 'data');
  expect(String(first)).toMatch(/^HTTP\/1\.1 100 /);
  socket.write(challenge);
  let rest = '';
  for await (const chunk of socket) rest += String(chunk);
  expect(rest).toContain('success\nOK\n');
});

describe('a body over the limit', () => {
  test('is refused by its Content-Length, before it is sent', async () => {
    const head = 'POST /interface/flat HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n';
    const reply = await exchange(server.url, head);
    expect(reply.status).toBe(413);
    expect(reply.text).toContain('success\nFAIL\n');
  });

  test('is refused in the middle of its chunks', async () => {
    const head = 'POST /interface/xmlrpc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const reply = await exchange(server.url, head + chunk.repeat(5));
    expect(reply.status).toBe(413);
    expect(reply.text).toContain('<fault>');
  });

  test('of exactly the limit is read', async () => {
    const body = `mode=getchallenge&x=${'x'.repeat(256 * 1024 - 20)}`;
    expect(body.length).toBe(256 * 1024);
    expect((await exchange(server.url, formPost('/interface/flat', body))).text).toContain('OK');
  });
});

test('a NUL in every field of a form is an ordinary refusal', async () => {
  const body = 'mode=login%00&user=test%00&password=%00';
  const reply = await exchange(server.url, formPost('/interface/flat', body));
  expect(reply.text).toBe('errmsg\nClient error: No username sent.\nsuccess\nFAIL\n');
});

test('headers of 100 KB are refused by HTTP', async () => {
  const reply = await exchange(
    server.url,
    formPost('/interface/flat', challenge, `X-Long: ${'x'.repeat(100_000)}`),
  );
  expect(reply.status).toBe(431);
});

test.each([
  '\x16\x03\x01\x02\x00 TLS hello',
  'POST /interface/flat HTTP/9.9',
  'GET',
  'POST / HTTP/1.1\r\nNo colon',
])('bytes that are no request, %j, are refused by HTTP', async (bytes) => {
  expect((await exchange(server.url, `${bytes}\r\n\r\n`)).status).toBe(400);
});

test('a client that hangs up in the middle of its request is no error of ours', async () => {
  const before = server.log.length;
  const socket = net.connect(Number(server.url.port), server.url.hostname);
  socket.write('POST /interface/flat HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nmode=');
  await once(socket, 'connect');
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  expect((await exchange(server.url, formPost('/interface/flat', challenge))).status).toBe(200);
  await expect.poll(() => server.log.length).toBe(before + 1);
  expect(server.log.filter(({ level }) => level === 'ERROR')).toEqual([]);
});

test('GET /healthz says that the store answers', async () => {
  const reply = await fetch(new URL('/healthz', server.url));
  expect([reply.status, await reply.json()]).toEqual([200, { status: 'ok' }]);
});

test('a forwarded address is not believed from just anyone', async () => {
  const lines = ['X-Forwarded-For: 203.0.113.9', 'CF-Connecting-IP: 203.0.113.9', 'X-Real-IP: 203.0.113.9'];
  await exchange(server.url, formPost('/interface/flat', 'mode=login&user=nobody', ...lines));
  await expect.poll(() => server.log.at(-1)).toMatchObject({ address: '127.0.0.1', outcome: 100 });
});

test('the address of a call that succeeded is nobody’s business', async () => {
  const before = server.log.length;
  await exchange(server.url, formPost('/interface/flat', challenge));
  await expect.poll(() => server.log.length).toBe(before + 1);
  expect(server.log.at(-1)).toMatchObject({ method: 'getchallenge', outcome: 'ok' });
  expect(server.log.at(-1)).not.toHaveProperty('address');
});

test('every request is one JSON line in the log, with no credential in it', async () => {
  const before = server.log.length;
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
