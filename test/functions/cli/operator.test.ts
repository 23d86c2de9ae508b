/** The operator's commands as processes, on each store that keeps anything. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, ljgate, main } from '../../support/cli.ts';
import { requireProgram } from '../../support/requirements.ts';
import { type Ljgate, startLjgate } from '../../support/server.ts';
import { exchange, formPost } from '../../support/socket.ts';
import { dynamodbLocal, temporaryFolder, uniquePrefix } from '../../support/stores.ts';
import { callDocument, flatReply, respond, xmlrpcReply } from '../../support/wire.ts';

const bash = requireProgram('bash');
const local = await dynamodbLocal();
const folder = temporaryFolder();
const stores = [
  ['SQLite', `sqlite:${join(folder, 'lj.sqlite')}`],
  ...(local === undefined ? [] : [['DynamoDB Local', `dynamodb:${uniquePrefix()}@${local}`]]),
] as [string, string][];

describe.each(stores)('a new user, on %s', (_, store) => {
  const secret = join(folder, `${store.slice(0, 6)}-secret.json`);
  const place = { folder, env: { LJGATE_STORE: store, LJGATE_SECRET: secret } };
  const run = (...args: string[]) => ljgate(place, args);
  const done = async (...args: string[]) => {
    const ran = await run(...args);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    return ran.stdout;
  };
  let server: Ljgate;

  const flat = async (form: Record<string, string>, ...lines: string[]) => {
    const body = new URLSearchParams(form).toString();
    return flatReply((await exchange(server.url, formPost('/interface/flat', body, ...lines))).text);
  };
  const login = (user: string, password: string) => flat({ mode: 'login', user, password });
  const challenged = async (user: string, password: string) => {
    const challenge = (await flat({ mode: 'getchallenge' })).value('challenge') ?? '';
    const answer = { auth_challenge: challenge, auth_response: respond(challenge, password) };
    return flat({ mode: 'login', user, auth_method: 'challenge', ...answer });
  };

  let users = 0;

  /** A user of its own for a test, with the password `geheim`. */
  const added = async () => {
    const user = `user_${users++}`;
    const ran = await ljgate(place, ['accounts', 'add', user, '--password-stdin'], 'geheim\n');
    expect(ran.code).toBe(0);
    return user;
  };

  beforeAll(async () => {
    await done('tables', 'create');
    server = await startLjgate('--store', store, '--secret', secret, '--login-ban', 'off');
    return () => server.stop();
  });

  test('makes an account and logs in, flat and by XML-RPC', async () => {
    const added = await ljgate(
      place,
      ['accounts', 'add', 'Alice', '--fullname', 'Alice Döe', '--password-stdin'],
      'geheim\n',
    );
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^added alice, userid \d+\n$/) });
    expect((await login('alice', 'geheim')).value('name')).toBe('Alice Döe');
    expect((await challenged('alice', 'geheim')).ok).toBe(true);
    const body = callDocument('LJ.XMLRPC.login', { username: 'alice', password: 'geheim' });
    const reply = await fetch(new URL('/interface/xmlrpc', server.url), { method: 'POST', body });
    expect(xmlrpcReply(await reply.text()).value('fullname')).toBe('Alice Döe');
    expect(await done('accounts', 'show', 'alice')).toContain('Alice Döe');
    expect(jsonLines({ stdout: await done('accounts', 'list', '--match', 'alic', '--json') })).toMatchObject([
      { username: 'alice', status: 'active', password: 'any form' },
    ]);
  });

  test('lists its sessions, ends one, ends all', async () => {
    const user = await added();
    const sessions: string[] = [];
    for (let i = 0; i < 3; i++) {
      const form = { mode: 'sessiongenerate', user, password: 'geheim' };
      sessions.push((await flat(form)).value('ljsession') ?? '');
    }
    const alive = async () => {
      const form = { mode: 'login', user, auth_method: 'cookie' };
      const replies = sessions.map((session) =>
        flat(form, 'X-LJ-Auth: cookie', `Cookie: ljsession=${session}`),
      );
      return (await Promise.all(replies)).map(({ ok }) => ok);
    };
    const listed = jsonLines({ stdout: await done('sessions', 'list', user, '--json') });
    const ids = sessions.map((session) => Number(session.split(':')[2]));
    expect(listed.map(({ id }) => id)).toEqual(ids.toSorted((a, b) => b - a));
    const [newest = 0, ...older] = ids.toSorted((a, b) => b - a);
    expect(await done('sessions', 'list', user, '--limit', '1')).toContain(
      `there are more; --after ${newest} lists them`,
    );
    const rest = await done('sessions', 'list', user, '--after', String(newest), '--json');
    expect(jsonLines({ stdout: rest }).map(({ id }) => id)).toEqual(older);
    await done('sessions', 'expire', user, String(ids[1]));
    expect(await alive()).toEqual([true, false, true]);
    const gone = await run('sessions', 'expire', user, String(ids[0]), String(ids[1]));
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining(`no session ${ids[1]};`) });
    expect(await alive()).toEqual([true, false, true]);
    await done('sessions', 'expire', user, '--all', '--yes');
    expect(await alive()).toEqual([false, false, false]);
    expect(await done('sessions', 'list', user)).toBe(`${user} has no sessions\n`);
  });

  test('makes a client key, uses it, sees its use, revokes it', async () => {
    const user = await added();
    const [key] = jsonLines({ stdout: await done('keys', 'add', user, 'my laptop', '--json') });
    const secret = String(key?.['secret']);
    expect((await login(user, secret)).ok).toBe(true);
    expect((await challenged(user, secret)).ok).toBe(true);
    expect(jsonLines({ stdout: await done('keys', 'list', user, '--json') })).toEqual([
      { id: key?.['id'], name: 'my laptop', created: expect.any(String), lastUsed: expect.any(String) },
    ]);
    expect(await run('keys', 'add', user, 'my laptop')).toMatchObject({ code: 1 });
    await done('keys', 'revoke', user, 'my laptop', '--yes');
    expect((await login(user, secret)).why).toBe('Invalid password');
    expect((await login(user, 'geheim')).ok).toBe(true);
  });

  test('a new password says which client keys stay valid, and revokes them when it is told to', async () => {
    await done('accounts', 'add', 'keyed', '--no-password');
    const [key] = jsonLines({ stdout: await done('keys', 'add', 'keyed', 'laptop', '--json') });
    const secret = String(key?.['secret']);
    const set = await done('accounts', 'set-password', 'keyed', '--generate');
    expect(set).toContain('its client keys stay valid: laptop; --revoke-keys revokes them');
    expect((await login('keyed', secret)).ok).toBe(true);
    const revoked = await done('accounts', 'set-password', 'keyed', '--generate', '--revoke-keys');
    expect(revoked).toContain('revoked its client keys: laptop\n');
    expect((await login('keyed', secret)).why).toBe('Invalid password');
    await done('accounts', 'remove', 'keyed', '--yes');
  });

  test('sets password, challenge, status and profile', async () => {
    const user = await added();
    const form = { mode: 'sessiongenerate', user, password: 'geheim' };
    const session = (await flat(form)).value('ljsession');
    const set = await done('accounts', 'set-password', user, '--generate', '--json');
    const password = String(jsonLines({ stdout: set })[0]?.['generatedPassword']);
    expect((await login(user, 'geheim')).ok).toBe(false);
    expect((await login(user, password)).ok).toBe(true);
    const byCookie = { mode: 'login', user, auth_method: 'cookie' };
    expect((await flat(byCookie, 'X-LJ-Auth: cookie', `Cookie: ljsession=${session}`)).ok).toBe(false);

    await done('accounts', 'set-challenge', user, 'off', '--yes');
    expect((await challenged(user, password)).ok).toBe(false);
    expect(await run('accounts', 'set-challenge', user, 'on')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`set-password ${user} --challenge on`),
    });
    await ljgate(
      place,
      ['accounts', 'set-password', user, '--challenge', 'on', '--password-stdin'],
      password,
    );
    expect((await challenged(user, password)).ok).toBe(true);

    await done('accounts', 'set-status', user, 'suspended');
    expect((await login(user, password)).why).toMatch(/suspended/);
    await done('accounts', 'set-status', user, 'active');
    await done(
      'accounts',
      'edit',
      user,
      '--fullname',
      'Alice Roe',
      '--caps',
      '7',
      '--usejournals',
      'news, b',
    );
    const groups = JSON.stringify({ friendgroups: [{ id: 1, name: 'Family' }] });
    await ljgate(place, ['accounts', 'edit', user, '--fields', '-'], groups);
    const reply = await login(user, password);
    expect(['name', 'access_2', 'frgrp_1_name'].map((name) => reply.value(name))).toEqual([
      'Alice Roe',
      'news',
      'Family',
    ]);
  });

  test('brings over a bcrypt hash, which the first log-in replaces', async () => {
    const bcrypt = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
    const line = JSON.stringify({ username: 'brought', passwordBcrypt: bcrypt });
    expect((await ljgate(place, ['import', '-'], line)).code).toBe(0);
    expect((await challenged('brought', 'U*U')).ok).toBe(false);
    expect((await login('brought', 'U*V')).ok).toBe(false);
    expect((await login('brought', 'U*U')).ok).toBe(true);
    expect((await challenged('brought', 'U*U')).ok).toBe(true);
    const again = await ljgate(place, ['import', '-', '--on-conflict', 'update', '--json'], line);
    expect(jsonLines(again)).toMatchObject([{ unchanged: 1 }]);
  });

  test('removes the account for good', async () => {
    const user = await added();
    await done('accounts', 'remove', user, '--yes');
    expect((await login(user, 'geheim')).why).toBe('Invalid username');
    expect(await run('accounts', 'show', user)).toMatchObject({
      code: 1,
      stderr: `ljgate: there is no account "${user}"; npx ljgate accounts list shows the accounts\n`,
    });
  });

  test('makes a token for the site, lists it, revokes it', async () => {
    const made = await done(
      'tokens',
      'add',
      'website',
      '--scope',
      'verify,sessions',
      '--expires',
      '2090-01-01',
    );
    expect(made).toMatch(
      /^token (\w{8}) \(website\) for verify, sessions\nljgate_\1_\w{32} \(shown only this once\)\n$/,
    );
    const rows = jsonLines({ stdout: await done('tokens', 'list', '--json') });
    expect(rows).toMatchObject([
      { name: 'website', scopes: ['verify', 'sessions'], expires: '2090-01-01T00:00:00Z' },
    ]);
    expect(await done('tokens', 'list')).toContain('verify, sessions');
    expect(await done('tokens', 'revoke', 'website', '--yes')).toMatch(/^revoked token \w{8} \(website\)\n$/);
    expect(await done('tokens', 'list')).toBe('there are no tokens\n');
    expect(await run('tokens', 'add', 'x', '--scope', 'everything')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('must be one of accounts:read'),
    });
  });

  test('lists bans, and lifts them', async () => {
    const user = await added();
    expect(await done('bans', 'list', '--account', user)).toBe('no refused log-ins are counted\n');
    expect(await done('bans', 'lift', '--account', user)).toBe('there was nothing to lift\n');
    expect(await run('bans', 'list')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--account'),
    });
  });

  test('asks the doctor, who finds nothing', async () => {
    const report = await done('doctor');
    expect(report.split('\n').filter((line) => line !== '' && !line.startsWith('✓'))).toEqual([]);
    for (const part of ['versions', 'secret', 'clock', 'round trip', 'hash time']) {
      expect(report).toContain(`✓ ${part}`);
    }
    expect((await run('tables', 'check', '--json')).code).toBe(0);
    expect(jsonLines({ stdout: await done('secrets', 'status', '--json') })).toMatchObject([{ missing: [] }]);
  });
});

describe('what is wrong is one sentence, what is used wrongly exits 2', () => {
  const place = { folder };
  const here = ['--store', `sqlite:${join(folder, 'errors', 'lj.sqlite')}`];
  beforeAll(async () => {
    await mkdir(join(folder, 'errors'));
    await ljgate(place, ['accounts', 'add', 'bob', '--generate', ...here]);
  });

  test.each<[number, string[], RegExp]>([
    [2, ['accounts'], /Usage: npx ljgate accounts/],
    [2, ['accounts', 'frobnicate'], /unknown command 'frobnicate'/],
    [2, ['accounts', 'add'], /missing required argument 'user'/],
    [2, ['accounts', 'show', 'a b'], /1 to 25 letters/],
    [2, ['accounts', 'add', 'carol', ...here], /without a terminal.*--password-stdin or --generate/],
    [2, ['accounts', 'add', 'carol', '--password', 'x', ...here], /unknown option '--password'/],
    [2, ['accounts', 'set-status', 'bob', 'gone', ...here], /Allowed choices are active/],
    [2, ['accounts', 'remove', 'bob', ...here], /no terminal.*--yes/],
    [2, ['accounts', 'list', '--limit', '0'], /whole number from 1/],
    [2, ['accounts', 'list', '--store', 'memory'], /--store memory is gone/],
    [2, ['accounts', 'edit', 'bob', '--fields', '/nonexistent', ...here], /--fields: .*cannot be read/],
    [2, ['sessions', 'expire', 'bob', ...here], /ids to end, or --all/],
    [2, ['sessions', 'expire', 'bob', 'x', ...here], /whole number/],
    [2, ['sessions', 'expire', 'bob', '--all', ...here], /--yes/],
    [2, ['import', '/nonexistent', ...here], /cannot be read/],
    [2, ['import', '-', '--on-conflict', 'maybe', ...here], /Allowed choices are skip/],
    [2, ['tables', 'create', '--store', 'sqlite:nowhere/lj.sqlite'], /no folder nowhere;.*mkdir -p nowhere/],
    [2, ['completion', 'fish'], /Allowed choices are bash, zsh/],
    [1, ['accounts', 'show', 'nobody', ...here], /no account "nobody"/],
    [1, ['accounts', 'remove', 'nobody', '--yes', ...here], /no account "nobody"/],
    [1, ['accounts', 'add', 'bob', '--generate', ...here], /account "bob" exists already/],
    [1, ['accounts', 'add', 'dan', '--generate', '--userid', '1', ...here], /userid 1 belongs to another/],
    [1, ['accounts', 'edit', 'bob', '--defaultpicurl', 'x', ...here], /defaultpicurl: must be an http/],
    [1, ['accounts', 'edit', 'bob', ...here], /no field was given/],
    [1, ['keys', 'revoke', 'bob', 'laptop', '--yes', ...here], /no key "laptop"/],
    [1, ['accounts', 'list', '--store', 'sqlite:nowhere/lj.sqlite'], /no database nowhere\/lj.sqlite;/],
    [
      1,
      ['accounts', 'list', '--store', 'dynamodb:lj@http://127.0.0.1:1'],
      /cannot be reached.*check --store/,
    ],
    [1, ['export', '--store', 'dynamodb:lj@http://127.0.0.1:1'], /cannot be reached.*check --store/],
  ])('%i: %j', async (code, args, sentence) => {
    const ran = await ljgate(place, args);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
    expect(ran.stderr).toMatch(sentence);
    expect(ran.stderr).not.toMatch(/\n\s+at |node:internal/);
    if (code === 1) expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a cross makes the doctor exit 1, and says what to do', async () => {
    const env = { LJGATE_STOER: 'x', LJGATE_PORT: 'http' };
    const ran = await ljgate({ folder, env }, ['doctor', ...here, '--secret', '/nonexistent/secret.json']);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(
      /✗ configuration: LJGATE_STOER: is no variable of ljgate\n {4}use LJGATE_STORE\n/,
    );
    expect(ran.stdout).toMatch(/✗ configuration: LJGATE_PORT: wants a port.*\n {4}set LJGATE_PORT/);
    expect(ran.stdout).toMatch(/✗ secret: .*does not exist\n {4}set --secret/);
    expect(ran.stdout).toContain('✓ round trip');
  });

  test('a lost secret is not made anew over accounts that need it', async () => {
    const secret = join(folder, 'lost.json');
    const ran = await ljgate(place, ['accounts', 'add', 'eve', '--generate', '--secret', secret, ...here]);
    expect(ran).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /lost.json does not exist; .*errors.* needs its own \(\w{8}\): restore it, .* to .*lost.json. If it is lost for good: npx ljgate secrets drop \w{8}\n\(npx ljgate accounts add --help shows how it is used\)\n$/,
      ),
    });
  });

  test('names and texts of others cannot write to the terminal', async () => {
    const line = JSON.stringify({ username: 'mallory', fullname: '\u001b[2Jx\ny' });
    await ljgate(place, ['import', '-', ...here], line);
    const { stdout } = await ljgate(place, ['accounts', 'show', 'mallory', ...here]);
    expect(stdout).toContain('?[2Jx?y');
    expect(stdout).not.toContain('\u001b');
  });

  test.skipIf(!bash)('a reader that has seen enough is no failure', async () => {
    const { execFileSync } = await import('node:child_process');
    const lines = Array.from({ length: 3000 }, (_, i) => `{"username":"many_${i}"}`).join('\n');
    await ljgate(place, ['import', '-', ...here], lines);
    const command = `"${process.execPath}" "${main}" export ${here.join(' ')} | head -n 1`;
    const printed = execFileSync('bash', ['-c', `set -o pipefail; ${command}`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(printed).toMatch(/^{"username":"bob"/);
  });

  test('every help has examples and the exit codes', async () => {
    const commands = ['accounts add', 'accounts list', 'sessions expire', 'keys revoke', 'import', 'doctor'];
    for (const command of [...commands, 'export', 'tables create', 'secrets rotate']) {
      const { code, stdout } = await ljgate(place, [...command.split(' '), '--help']);
      expect([code, stdout]).toEqual([0, expect.stringContaining('Examples:\n  ')]);
      expect(stdout).toContain('Exit codes: 0 done, 1 failed, 2 used wrongly.');
    }
  });
});

describe.skipIf(!bash)('completion (needs bash)', () => {
  test('for bash completes commands, flags and choices', async () => {
    const { stdout } = await ljgate({ folder }, ['completion', 'bash']);
    const { execFileSync } = await import('node:child_process');
    const complete = (...words: string[]) => {
      const ask = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
      const bash = `${stdout}\n${ask}; _ljgate; echo "\${COMPREPLY[*]}"`;
      return execFileSync('bash', ['-c', bash], { encoding: 'utf8' }).trim();
    };
    expect(complete('ljgate', 'acc')).toBe('accounts');
    expect(complete('ljgate', 'accounts', 'set-')).toBe(
      'set-password set-challenge set-upstream-key set-status',
    );
    expect(complete('ljgate', 'accounts', 'set-status', 'alice', 'sus')).toBe('suspended');
    expect(complete('ljgate', 'import', '--dr')).toBe('--dry-run');
  });
});
