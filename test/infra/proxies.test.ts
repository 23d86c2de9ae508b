/** The shipped proxy configs: nginx and Caddy before ljgate and a small site; Traefik's in its shape. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import {
  freePort,
  listening,
  proxyConfig,
  startCaddy,
  startNginx,
  startUpstream,
  visit,
  withPorts,
} from '../support/proxies.ts';
import { requireProgram } from '../support/requirements.ts';
import { type Ljgate, startLjgate } from '../support/server.ts';
import { exchange, formPost } from '../support/socket.ts';
import { flatReply } from '../support/wire.ts';

let ljgate: Ljgate;
let upstream: Server;
beforeAll(async () => {
  ljgate = await startLjgate('--demo', '--store', 'memory', '--trust-proxy', '127.0.0.1');
  upstream = await startUpstream();
});
afterAll(async () => {
  upstream.close();
  await ljgate.stop();
});

describe.each([
  ['nginx', 'nginx.conf', startNginx, ['nginx']],
  ['Caddy', 'Caddyfile', startCaddy, ['caddy', 'version']],
] as const)('%s', (_, file, start, [program, ...probe]) => {
  const there = requireProgram(program, ...probe);
  let proxy: ChildProcess;
  let port: number;

  beforeAll(async () => {
    if (!there) return;
    port = await freePort();
    const site = (upstream.address() as AddressInfo).port;
    proxy = await start(withPorts(proxyConfig(file), { listen: port, ljgate: ljgate.url.port, site }));
    await listening(port);
  });
  afterAll(async () => {
    if (!there) return;
    proxy.kill('SIGTERM');
    if (proxy.exitCode === null) await once(proxy, 'exit');
  });

  /** A protocol call through the proxy, as a client far away makes it. */
  async function call(body: string) {
    const url = new URL(`http://127.0.0.1:${port}`);
    return flatReply((await exchange(url, formPost('/interface/flat', body))).text);
  }
  const session = async (more = '') =>
    (await call(`mode=sessiongenerate&user=test&password=test${more}`)).value('ljsession') ?? '';
  const cookie = (value: string) => ({ headers: { Cookie: `ljsession=${value}` } });

  test.skipIf(!there)('lets a good cookie by, and tells the site whose it is', async () => {
    const value = await session();
    const { status, site } = await visit(port, cookie(value));
    expect(status).toBe(200);
    expect(site).toMatchObject({
      'x-lj-user': 'test',
      'x-lj-userid': '3',
      'x-lj-session': value.split(':')[2],
    });
  });

  test.skipIf(!there)('without a cookie, or with a bad one, is 401 and the site is not asked', async () => {
    expect(await visit(port)).toMatchObject({ status: 401, site: undefined });
    expect(await visit(port, cookie(`${await session()}x`))).toMatchObject({ status: 401, site: undefined });
  });

  test.skipIf(!there)('a session that was ended is 401 at the very next request', async () => {
    const value = await session();
    expect((await visit(port, cookie(value))).status).toBe(200);
    await call(`mode=sessionexpire&user=test&password=test&expire_id_${value.split(':')[2]}=1`);
    expect((await visit(port, cookie(value))).status).toBe(401);
  });

  test.skipIf(!there)('a session bound to an address holds from there alone', async () => {
    const value = await session('&ipfixed=1');
    expect((await visit(port, cookie(value))).status).toBe(200);
    expect((await visit(port, { ...cookie(value), from: '127.0.0.2' })).status).toBe(401);
  });

  test.skipIf(!there)('what a visitor says about itself is not believed', async () => {
    const value = await session('&ipfixed=1');
    const forged = { 'X-Forwarded-For': '127.0.0.1', 'X-Real-IP': '127.0.0.1', 'X-LJ-User': 'demo_unicode' };
    const headers = { ...cookie(value).headers, ...forged };
    expect((await visit(port, { headers, from: '127.0.0.2' })).status).toBe(401);
    expect((await visit(port, { headers })).site).toMatchObject({ 'x-lj-user': 'test' });
  });

  test.skipIf(!there)('the protocol and the sign-in page are open to everybody', async () => {
    expect((await call('mode=getchallenge')).ok).toBe(true);
    expect((await visit(port, { path: '/account/signin' })).status).toBe(200);
  });
});

test.skipIf(!requireProgram('nginx'))('nginx shows the sign-in page under its 401', async () => {
  const port = await freePort();
  const site = (upstream.address() as AddressInfo).port;
  const proxy = await startNginx(
    withPorts(proxyConfig('nginx.conf'), { listen: port, ljgate: ljgate.url.port, site }),
  );
  await listening(port);
  onTestFinished(() => void proxy.kill('SIGTERM'));
  const { status, text } = await visit(port, { path: '/private?page=2' });
  expect(status).toBe(401);
  expect(text).toContain('name="next" value="/private?page=2"');
});

// Debian has no Traefik to run: the file is held to what its documentation says of these fields.
test('Traefik, which is not run here: its config asks /session and believes no visitor’s headers', () => {
  const { http } = parse(proxyConfig('traefik.yml'));
  expect(http.middlewares.session.forwardAuth).toEqual({
    address: 'http://127.0.0.1:8080/session',
    trustForwardHeader: false,
    authRequestHeaders: ['Cookie'],
    authResponseHeaders: ['X-LJ-User', 'X-LJ-UserId', 'X-LJ-Session'],
  });
  expect(http.routers.site.middlewares).toEqual(['session']);
  for (const { service } of [http.routers.site, http.routers.ljgate]) {
    expect(Object.keys(http.services)).toContain(service);
  }
});
