/** `ljgate serve` as a process: what it prints, refuses, keeps and leaves behind. */
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freshFolder, type Ljgate, runLjgate, startLjgate, watchLjgate } from '../../support/server.ts';
import { exchange, formPost } from '../../support/socket.ts';
import { flatReply, respond } from '../../support/wire.ts';

const running: Ljgate[] = [];
const start = async (...args: string[]) => {
  const server = await startLjgate(...args);
  running.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

const post = async (server: Ljgate, body: string, ...lines: string[]) =>
  flatReply((await exchange(server.url, formPost('/interface/flat', body, ...lines))).text);

describe('wrong usage says what it got and what it wants, and exits 2', () => {
  test.each([
    [['serve', '--port', 'http'], {}, /--port.*'http'.*0 to 65535/],
    [['serve', '--port', '65536'], {}, /--port.*'65536'/],
    [['serve', '--login-ban', '5'], {}, /--login-ban.*'5'.*REFUSALS\/SECONDS/],
    [['serve'], { LJGATE_SWEEP_BAN: '0/0' }, /LJGATE_SWEEP_BAN.*/],
    [['serve'], { LJGATE_PORT: 'x' }, /'x' from env 'LJGATE_PORT'/],
    [['serve'], { LJGATE_DEMO: 'maybe' }, /LJGATE_DEMO.*"on" or "off"/],
    [['serve', '--host', 'nowhere'], {}, /--host.*IP address/],
    [['serve', '--log', 'xml'], {}, /--log.*"text", "json" or "off"/],
    [['serve', '--remember', '-1'], {}, /--remember.*minutes/],
    [['serve', '--trust-proxy', '10.0.0.0/8'], {}, /--trust-proxy.*one IP address/],
    [['serve', '--store', 'redis:x'], {}, /--store.*sqlite:PATH, dynamodb:PREFIX/],
    [['serve', '--store', 'memory', '--site', '/nonexistent.json'], {}, /--site.*nonexistent/],
    [['serve', '--demo', '--store', 'dynamodb:prod'], {}, /--demo.*public passwords/],
    [['serve', '--nonsense'], {}, /unknown option '--nonsense'/],
    [['frobnicate'], {}, /unknown command 'frobnicate'/],
  ])('%j %j', async (args, env, text) => {
    const { code, stderr, stdout } = await runLjgate(args, env);
    expect(stderr).toMatch(text);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('a root secret that others can read', async () => {
    const folder = await freshFolder();
    const secret = join(folder, 'secret.json');
    await writeFile(secret, '{}', { mode: 0o644 });
    const { code, stderr } = await runLjgate(['serve', '--store', 'memory', '--secret', secret]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--secret.*chmod 600/)]);
  });
});

test('--help has examples, --version a version, and both exit 0', async () => {
  const help = await runLjgate(['serve', '--help']);
  expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('Examples:')]);
  const version = await runLjgate(['--version']);
  expect([version.code, version.stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});

test('a port that is taken: it says so and exits 1', async () => {
  const { url } = await start('--store', 'memory');
  const { code, stderr } = await runLjgate(['serve', '--store', 'memory', '--port', url.port]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('--port 0 picks a free port')]);
});

test('data, sessions and the secret survive a restart', async () => {
  const folder = await freshFolder();
  const args = ['--demo', '--store', `sqlite:${join(folder, 'lj.sqlite')}`];
  const first = await start(...args);
  const challenge = (await post(first, 'mode=getchallenge')).value('challenge') ?? '';
  const session = (await post(first, 'mode=sessiongenerate&user=test&password=test')).value('ljsession');
  expect(await first.stop()).toBe(0);
  const second = await start(...args);
  const login = 'mode=login&user=test&auth_method=cookie';
  expect((await post(second, login, 'X-LJ-Auth: cookie', `Cookie: ljsession=${session}`)).ok).toBe(true);
  const answer = `mode=login&user=test&auth_method=challenge&auth_challenge=${challenge}&auth_response=${respond(challenge, 'test')}`;
  expect((await post(second, answer)).ok).toBe(true);
  expect((await stat(join(folder, 'root-secret.json'))).mode & 0o777).toBe(0o600);
  await second.stop();
  expect((await readdir(folder)).toSorted()).toEqual(['lj.sqlite', 'root-secret.json']);
});

test('SIGTERM lets a call in flight finish, and exits 0', async () => {
  const server = await start('--demo', '--store', 'memory', '--remember', 'off');
  const calls = Array.from({ length: 8 }, () => post(server, 'mode=login&user=test&password=test'));
  await expect.poll(() => server.log.length).toBeGreaterThan(1);
  expect(await server.stop()).toBe(0);
  const settled = await Promise.allSettled(calls);
  expect(settled.filter((call) => call.status === 'fulfilled' && call.value.ok).length).toBeGreaterThan(0);
});

test('every flag has a variable, and the flag wins', async () => {
  process.env['LJGATE_STORE'] = 'memory';
  process.env['LJGATE_DEMO'] = 'on';
  try {
    const server = await start();
    expect(server.log[0]).toMatchObject({ store: 'memory', demo: true });
    expect((await post(server, 'mode=login&user=test&password=test')).ok).toBe(true);
    expect((await start('--demo', 'off')).log[0]).toMatchObject({ demo: false });
  } finally {
    delete process.env['LJGATE_STORE'];
    delete process.env['LJGATE_DEMO'];
  }
});

test('behind --trust-proxy the caller is whom the proxy names last', async () => {
  const server = await start('--store', 'memory', '--trust-proxy', '127.0.0.1');
  await post(server, 'mode=login&user=nobody', 'X-Forwarded-For: 203.0.113.9, 198.51.100.4');
  await expect.poll(() => server.log.at(-1)).toMatchObject({ address: '198.51.100.4' });
});

test('for people it says where it listens, whose passwords are public, and a first call', async () => {
  const args = ['serve', '--port', '0', '--demo', '--store', 'memory'];
  const printed = await watchLjgate(args, 'curl');
  const [, url] = /^ljgate listens on (http:\/\/127\.0\.0\.1:\d+)\n/.exec(printed) ?? [];
  expect(printed).toContain('test / test');
  expect(printed).toMatch(/demo_readonly, .* \/ demo/);
  expect(printed).toContain(`curl -d 'mode=login&user=test&password=test' ${url}/interface/flat`);
  expect(printed).toContain(`or open ${url}/ in a browser`);
});
