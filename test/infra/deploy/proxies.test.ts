/** The shipped proxy configs: nginx and Caddy before ljgate and a small site; Traefik's in its shape. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import {
  freePort,
  listening,
  proxyConfig,
  requestThrough,
  startCaddy,
  startNginx,
  startUpstream,
  withPorts,
} from '../../support/proxies.ts';
import { requireProgram } from '../../support/requirements.ts';
import { type Ljgate, startLjgate } from '../../support/server.ts';
import { exchange, formPost } from '../../support/socket.ts';
import { flatReply } from '../../support/wire.ts';

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
    const { status, site } = await requestThrough(port, cookie(value));
    expect(status).toBe(200);
    expect(site).toMatchObject({
      'x-lj-user': 'test',
      'x-lj-userid': '3',
      'x-lj-session': value.split(':')[2],
    });
  });

  test.skipIf(!there)('without a cookie, or with a bad one, is 401 and the site is not asked', async () => {
    expect(await requestThrough(port)).toMatchObject({ status: 401, site: undefined });
    expect(await requestThrough(port, cookie(`${await session()}x`))).toMatchObject({
      status: 401,
      site: undefined,
    });
  });

  test.skipIf(!there)('a session that was ended is 401 at the very next request', async () => {
    const value = await session();
    expect((await requestThrough(port, cookie(value))).status).toBe(200);
    await call(`mode=sessionexpire&user=test&password=test&expire_id_${value.split(':')[2]}=1`);
    expect((await requestThrough(port, cookie(value))).status).toBe(401);
  });

  test.skipIf(!there)('a session bound to an address holds from there alone', async () => {
    const value = await session('&ipfixed=1');
    expect((await requestThrough(port, cookie(value))).status).toBe(200);
    expect((await requestThrough(port, { ...cookie(value), from: '127.0.0.2' })).status).toBe(401);
  });

  test.skipIf(!there)('what a visitor says about itself is not believed', async () => {
    const value = await session('&ipfixed=1');
    const forged = { 'X-Forwarded-For': '127.0.0.1', 'X-Real-IP': '127.0.0.1', 'X-LJ-User': 'demo_unicode' };
    const headers = { ...cookie(value).headers, ...forged };
    expect((await requestThrough(port, { headers, from: '127.0.0.2' })).status).toBe(401);
    expect((await requestThrough(port, { headers })).site).toMatchObject({ 'x-lj-user': 'test' });
  });

  test.skipIf(!there)('the site is told from where a visitor comes, whatever he says', async () => {
    const headers = { ...cookie(await session()).headers, 'X-Forwarded-For': '203.0.113.9' };
    const forged = { ...headers, 'X-Forwarded-Proto': 'https' };
    for (const path of ['/', '/export_comments.bml?get=comment_meta&startid=0']) {
      const { site } = await requestThrough(port, { path, headers: forged, from: '127.0.0.2' });
      expect(site).toMatchObject({ 'x-forwarded-for': '127.0.0.2', 'x-forwarded-proto': 'http' });
    }
  });

  test.skipIf(!there)('the protocol and the sign-in page are open to everybody', async () => {
    expect((await call('mode=getchallenge')).ok).toBe(true);
    expect((await requestThrough(port, { path: '/account/signin' })).status).toBe(200);
  });
});

/** Addresses that a visitor may come for, as a browser sends them. */
const addresses = [
  ...[
    '/private',
    '/private?page=2',
    '/search?q=a&page=2',
    '/search?q=a%26b&c=%3Fd%23e',
    '/a%20b/%C3%A9?x=%C3%A9+f',
  ],
  ...[
    "/quote'?x='y'",
    '/%22?x=%22',
    '/next?next=/other&next=%2Fother',
    '/a/../b',
    `/${'long'.repeat(500)}?z`,
  ],
];

describe.each([
  ['nginx', 'nginx.conf', startNginx, ['nginx']],
  ['Caddy', 'Caddyfile', startCaddy, ['caddy', 'version']],
] as const)('%s shows the sign-in page under its 401', (_, file, start, [program, ...probe]) => {
  const there = requireProgram(program, ...probe);

  test.skipIf(!there)('and the visitor comes back to exactly the address that he came for', async () => {
    const port = await freePort();
    const site = (upstream.address() as AddressInfo).port;
    const proxy = await start(withPorts(proxyConfig(file), { listen: port, ljgate: ljgate.url.port, site }));
    await listening(port);
    onTestFinished(() => void proxy.kill('SIGTERM'));
    const shown = await Promise.all(
      addresses.map(async (path) => {
        const { status, text } = await requestThrough(port, { path });
        const [, next = ''] = /name="next" value="([^"]*)"/.exec(text) ?? [];
        return [status, next.replaceAll('&amp;', '&').replaceAll('&#39;', "'")];
      }),
    );
    expect(shown).toEqual(addresses.map((path) => [401, path]));
  });

  test.skipIf(!there)('but not to tools that fetch comments with a session', async () => {
    const port = await freePort();
    const site = (upstream.address() as AddressInfo).port;
    const proxy = await start(withPorts(proxyConfig(file), { listen: port, ljgate: ljgate.url.port, site }));
    await listening(port);
    onTestFinished(() => void proxy.kill('SIGTERM'));
    const path = '/export_comments.bml?get=comment_meta&startid=0';
    const refused = await requestThrough(port, { path });
    expect([refused.status, refused.text.includes('<form')]).toEqual([401, false]);
    const form = formPost('/interface/flat', 'mode=sessiongenerate&user=test&password=test');
    const value = flatReply((await exchange(ljgate.url, form)).text).value('ljsession') ?? '';
    const { site: seen } = await requestThrough(port, { path, headers: { Cookie: `ljsession=${value}` } });
    expect(seen).toMatchObject({ 'x-lj-user': 'test' });
  });
});

describe.each([
  ['nginx', 'nginx-public.conf', startNginx, ['nginx']],
  ['Caddy', 'Caddyfile.public', startCaddy, ['caddy', 'version']],
] as const)('before a site that anybody may read, %s', (_, file, start, [program, ...probe]) => {
  const there = requireProgram(program, ...probe);
  const names = ['x-lj-user', 'x-lj-userid', 'x-lj-session', 'x_lj_user', 'x.lj.user'];
  let proxy: ChildProcess;
  let port: number;

  async function behind(gateway: string): Promise<number> {
    const listen = await freePort();
    const site = (upstream.address() as AddressInfo).port;
    proxy = await start(withPorts(proxyConfig(file), { listen, ljgate: gateway, site }));
    onTestFinished(() => void proxy.kill('SIGTERM'));
    await listening(listen);
    return listen;
  }

  test.skipIf(!there)('turns nobody away, and tells the site who is there, if anybody', async () => {
    port = await behind(ljgate.url.port);
    const form = formPost('/interface/flat', 'mode=sessiongenerate&user=test&password=test');
    const value = flatReply((await exchange(ljgate.url, form)).text).value('ljsession') ?? '';
    for (const path of ['/', '/export_comments.bml?get=comment_meta&startid=0']) {
      const forged = { 'X-Forwarded-For': '203.0.113.9' };
      const known = await requestThrough(port, {
        path,
        headers: { ...forged, Cookie: `ljsession=${value}` },
        from: '127.0.0.2',
      });
      expect(known.site).toMatchObject({
        'x-lj-user': 'test',
        'x-lj-userid': '3',
        'x-forwarded-for': '127.0.0.2',
      });
      for (const headers of [
        {},
        { Cookie: 'ljsession=ws:test:1:x' },
        { 'X-LJ-User': 'admin', X_LJ_User: 'admin', 'X.LJ.User': 'admin' },
      ]) {
        const { status, site } = await requestThrough(port, { path, headers });
        expect(status).toBe(200);
        for (const name of names) expect(site?.[name] ?? '').toBe('');
      }
    }
    expect((await requestThrough(port, { path: '/account/signin' })).status).toBe(200);
  });
});

test.skipIf(!requireProgram('nginx'))(
  'nginx turns nobody away either while ljgate does not answer',
  async () => {
    const listen = await freePort();
    const ports = {
      listen,
      ljgate: String(await freePort()),
      site: (upstream.address() as AddressInfo).port,
    };
    const proxy = await startNginx(withPorts(proxyConfig('nginx-public.conf'), ports));
    onTestFinished(() => void proxy.kill('SIGTERM'));
    await listening(listen);
    expect((await requestThrough(listen)).status).toBe(200);
  },
);

test('the configs for readers and for members differ only in who is let in', () => {
  const common = (file: string) =>
    proxyConfig(file)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  for (const [members, readers] of [
    ['nginx.conf', 'nginx-public.conf'],
    ['Caddyfile', 'Caddyfile.public'],
  ] as const) {
    const own = common(members);
    const more = common(readers).filter((line) => !own.includes(line));
    expect(
      more.filter(
        (line) => !/visitor|nobody|proxy_intercept|proxy_\w+_timeout|\/session;|return 204|^}$/.test(line),
      ),
    ).toEqual([]);
  }
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
  expect(http.routers.site.middlewares).toEqual(['names', 'signin', 'session']);
  expect(http.middlewares.signin.errors).toEqual({
    status: ['401'],
    service: 'ljgate',
    query: '/account/signin?next={url}',
  });
  for (const { service } of [http.routers.site, http.routers.ljgate]) {
    expect(Object.keys(http.services)).toContain(service);
  }
  const dropped = Object.entries(http.middlewares.names.headers.customRequestHeaders);
  expect(dropped.toSorted()).toEqual(foldedNames.map((name) => [name, '']).toSorted());
});

/** Every spelling of our headers that CGI, WSGI, Rack and PHP fold into one of them. */
const separators = ['-', '_', '.'];
const foldedNames = ['User', 'UserId', 'Session'].flatMap((name) =>
  separators
    .flatMap((one) => separators.map((other) => `X${one}LJ${other}${name}`))
    .filter((folded) => folded !== `X-LJ-${name}`),
);

/** Sites that read headers as CGI variables, each printing one: the visitor's name, or what the query names. */
const backends = {
  PHP: ['php', (port: number) => ['-S', `127.0.0.1:${port}`, 'site.php']],
  Python: ['python3', (port: number) => ['site.py', String(port)]],
  Ruby: ['ruby', (port: number) => ['site.rb', String(port)]],
} as const;

describe.each([
  ['nginx', 'nginx.conf', startNginx, ['nginx']],
  ['Caddy', 'Caddyfile', startCaddy, ['caddy', 'version']],
] as const)('behind %s, a site in', (_, file, start, [program, ...probe]) => {
  describe.each(Object.entries(backends))('%s', (_language, [command, argsOf]) => {
    const there = requireProgram(program, ...probe) && requireProgram(command);
    const running: ChildProcess[] = [];
    let port: number;
    let value: string;

    beforeAll(async () => {
      if (!there) return;
      port = await freePort();
      const site = await freePort();
      const cwd = fileURLToPath(new URL('sites/', import.meta.url));
      running.push(spawn(command, argsOf(site), { cwd, stdio: 'ignore' }));
      running.push(
        await start(withPorts(proxyConfig(file), { listen: port, ljgate: ljgate.url.port, site })),
      );
      await Promise.all([listening(port), listening(site)]);
      const form = formPost('/interface/flat', 'mode=sessiongenerate&user=demo_unicode&password=demo');
      value = flatReply((await exchange(ljgate.url, form)).text).value('ljsession') ?? '';
    });
    afterAll(() => {
      for (const one of running) one.kill('SIGTERM');
    });

    test
      .skipIf(!there)
      .each([
        {},
        { 'X-LJ-User': 'admin' },
        { 'x-lj-user': 'admin' },
        ...foldedNames.slice(0, 8).map((name) => ({ [name]: 'admin' })),
        { x_lj_user: 'admin', X_LJ_USER: 'admin' },
        { Connection: 'close, X-LJ-User' },
        { Connection: 'X_LJ_User', X_LJ_User: 'admin' },
      ])('sees who has the session, whatever the visitor sends: %j', async (forged) => {
      const headers = { ...forged, Cookie: `ljsession=${value}` };
      expect(await requestThrough(port, { headers })).toMatchObject({ status: 200, text: 'demo_unicode' });
    });

    test
      .skipIf(!there)
      .each(['X-Forwarded-For', 'X_Forwarded_For', 'X-Forwarded_For', 'X.Forwarded-For', 'X-Forwarded.For'])(
      'sees from where a visitor comes, whatever he sends: %s',
      async (name) => {
        const headers = { [name]: '203.0.113.9', Cookie: `ljsession=${value}` };
        const { text } = await requestThrough(port, {
          path: '/?HTTP_X_FORWARDED_FOR',
          headers,
          from: '127.0.0.2',
        });
        expect(text).toBe('127.0.0.2');
      },
    );
  });
});
