/** `ljgate serve` as a process: what it prints, refuses, keeps and leaves behind. */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { generateKeyring } from '../../../infra/secrets/keyring.ts';
import { demoAccounts } from '../../../infra/site/demo-accounts.ts';
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
    [['serve', '--trust-proxy', 'proxy'], {}, /--trust-proxy.*IP addresses or networks/],
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

  test('a cookie domain under which everybody can have a host', async () => {
    const site = join(await freshFolder(), 'site.json');
    await writeFile(site, '{"cookieDomain": "co.uk"}');
    const { code, stderr } = await runLjgate(['serve', '--store', 'memory', '--site', site]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/--site.*everybody can have a host under co\.uk/),
    ]);
  });

  test('a database that others can read, whichever of its files it is', async () => {
    const path = join(await freshFolder(), 'lj.sqlite');
    await writeFile(path, '', { mode: 0o600 });
    await writeFile(`${path}-wal`, '', { mode: 0o644 });
    const { code, stderr } = await runLjgate(['serve', '--store', `sqlite:${path}`]);
    expect([code, stderr]).toEqual([
      2,
      `ljgate: --store: ${path}-wal: is open to other users; run: chmod 600 ${path}-wal\n` +
        '(npx ljgate serve --help shows how it is used)\n',
    ]);
    expect(await readdir(join(path, '..'))).toEqual(['lj.sqlite', 'lj.sqlite-wal']);
  });

  test('a path whose folder is not there: nothing is made', async () => {
    const folder = await freshFolder();
    const path = join(folder, 'mistyped', 'lj.sqlite');
    const { code, stderr } = await runLjgate(['serve', '--store', `sqlite:${path}`]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/--store: there is no folder .*mistyped; check the path, or make/),
    ]);
    expect(await readdir(folder)).toEqual([]);
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
  expect(second.log[0]).toMatchObject({ accounts: demoAccounts.length });
  expect(second.log[0]).not.toHaveProperty('newStore');
  const login = 'mode=login&user=test&auth_method=cookie';
  expect((await post(second, login, 'X-LJ-Auth: cookie', `Cookie: ljsession=${session}`)).ok).toBe(true);
  const answer = `mode=login&user=test&auth_method=challenge&auth_challenge=${challenge}&auth_response=${respond(challenge, 'test')}`;
  expect((await post(second, answer)).ok).toBe(true);
  expect((await stat(join(folder, 'root-secret.json'))).mode & 0o777).toBe(0o600);
  await second.stop();
  expect((await readdir(folder)).toSorted()).toEqual(['lj.sqlite', 'root-secret.json']);
});

test('a secret that cannot be read any more still holds, and the log says what is wrong with it', async () => {
  const secret = join(await freshFolder(), 'secret.json');
  await writeFile(secret, generateKeyring().reveal(), { mode: 0o600 });
  const server = await start('--store', 'memory', '--secret', secret);
  await writeFile(secret, 'no secret');
  const warning = async () => {
    expect((await post(server, 'mode=getchallenge')).ok).toBe(true);
    return server.log.find(({ level }) => level === 'ERROR');
  };
  await expect.poll(warning, { interval: 200 }).toMatchObject({
    message: 'the root secret is not as it should be',
    error: { message: expect.stringContaining('JSON') },
  });
});

describe('a store whose secret is not there', () => {
  async function restoredWithout(secret?: string) {
    const folder = await freshFolder();
    const store = `sqlite:${join(folder, 'lj.sqlite')}`;
    await (await start('--demo', '--store', store)).stop();
    const path = join(folder, 'root-secret.json');
    const [id] = JSON.parse(await readFile(path, 'utf8')).secrets.map((each: { id: string }) => each.id);
    await rm(path);
    if (secret !== undefined) await writeFile(path, secret, { mode: 0o600 });
    return { folder, id, ...(await runLjgate(['serve', '--store', store])) };
  }

  test('is not served with a new one: it says what to restore, and where', async () => {
    const { folder, id, code, stderr } = await restoredWithout();
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        `--secret: .*root-secret.json does not exist; .* needs its own \\(${id}\\): restore it`,
      ),
    ]);
    expect((await readdir(folder)).toSorted()).toEqual(['lj.sqlite']);
  });

  test('is not served with that of another store', async () => {
    const { id, code, stderr } = await restoredWithout(generateKeyring().reveal());
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        `--secret: .*root-secret.json has other secrets; .* needs its own \\(${id}\\): restore it`,
      ),
    ]);
  });

  test('any more makes calls that need it 502, and only then the server unhealthy, until it is back', async () => {
    const folder = await freshFolder();
    const server = await start('--demo', '--store', `sqlite:${join(folder, 'lj.sqlite')}`);
    const path = join(folder, 'root-secret.json');
    const health = async () => {
      const reply = await fetch(new URL('/healthz', server.url));
      return [reply.status, await reply.json()];
    };
    const login = async () => (await post(server, 'mode=login&user=test&password=test')).why;
    const own = await readFile(path, 'utf8');
    const other = generateKeyring();
    await writeFile(path, other.reveal());
    const minting = async () => (await post(server, 'mode=getchallenge')).value('challenge')?.split(':')[2];
    await expect.poll(minting, { interval: 200 }).toBe(other.currentId);
    expect(await health()).toEqual([200, { status: 'ok' }]);
    for (let i = 0; i < 7; i++) expect(await login()).toMatch(/^Server error: Database temporarily/);
    expect(await health()).toEqual([503, { status: 'secret missing' }]);
    await rm(path);
    await expect
      .poll(() => health().then(() => server.log.at(-1)))
      .toMatchObject({
        level: 'ERROR',
        error: { message: expect.stringContaining(`secret file ${path}: cannot be read (ENOENT)`) },
      });
    await writeFile(path, own, { mode: 0o600 });
    await expect.poll(health).toEqual([200, { status: 'ok' }]);
    expect((await post(server, 'mode=login&user=test&password=test')).ok).toBe(true);
  });

  test('and is new needs none, whatever secret is there', async () => {
    const folder = await freshFolder();
    await writeFile(join(folder, 'root-secret.json'), generateKeyring().reveal(), { mode: 0o600 });
    const server = await start('--store', `sqlite:${join(folder, 'lj.sqlite')}`);
    expect(server.log[0]).toMatchObject({ message: 'listening', newStore: true, accounts: 0 });
  });
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
  expect(printed).toContain(`  store   memory (${demoAccounts.length} accounts)\n`);
  expect(printed).toContain('test / test');
  expect(printed).toMatch(/demo_readonly, .* \/ demo/);
  expect(printed).toContain(`curl -d 'mode=login&user=test&password=test' ${url}/interface/flat`);
  expect(printed).toContain(`or open ${url}/ in a browser`);
});
