/** `ljgate backup` and `restore`: the disk dies, and everybody's password, key and session holds. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, test } from 'vitest';
import { jsonLines, ljgate, main, type WorkingFolder } from '../../support/cli.ts';
import { freshFolder, type Ljgate, startLjgate } from '../../support/server.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const passphrase = 'nine old words';

async function call({ url }: Ljgate, body: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(new URL('/interface/flat', url), { method: 'POST', body, headers });
  const lines = (await response.text()).split('\n');
  return new Map(lines.flatMap((name, i) => (i % 2 === 0 ? [[name, lines[i + 1] ?? ''] as const] : [])));
}

const works = (answer: ReadonlyMap<string, string>) => answer.get('success');

/** Shows every kind of credential. */
async function logInEachWay(server: Ljgate, { key, session }: Record<'key' | 'session', string>) {
  const byChallenge = async (secret: string) => {
    const challenge = (await call(server, 'mode=getchallenge')).get('challenge') ?? '';
    const response = md5(challenge + md5(secret));
    const proof = `auth_method=challenge&auth_challenge=${challenge}&auth_response=${response}`;
    return works(await call(server, `mode=login&user=test&${proof}`));
  };
  const cookie = { Cookie: `ljsession=${session}`, 'X-LJ-Auth': 'cookie' };
  return {
    password: works(await call(server, 'mode=login&user=test&password=test')),
    passwordByChallenge: await byChallenge('test'),
    key: works(await call(server, `mode=login&user=test&password=${key}`)),
    keyByChallenge: await byChallenge(key),
    session: works(await call(server, 'mode=login&user=test&auth_method=cookie', cookie)),
    wrong: works(await call(server, 'mode=login&user=test&password=wrong')),
  };
}

const allHold = {
  password: 'OK',
  passwordByChallenge: 'OK',
  key: 'OK',
  keyByChallenge: 'OK',
  session: 'OK',
  wrong: 'FAIL',
};

let place: WorkingFolder;
let disk: string;
let database: string;
let backups: string;
let secrets: Record<'key' | 'session', string>;

/** A disk with a server that is in use, its two backups, and its death. */
beforeAll(async () => {
  const folder = await freshFolder();
  disk = join(folder, 'disk');
  backups = join(folder, 'backups');
  database = join(disk, 'a.sqlite');
  for (const made of [disk, backups]) await mkdir(made);
  place = { folder, env: { LJGATE_STORE: `sqlite:${database}` } };
  await writeFile(join(folder, 'passphrase'), `${passphrase}\n`);
  const server = await startLjgate('--demo', '--store', `sqlite:${database}`);
  const [key] = jsonLines(await ljgate(place, ['keys', 'add', 'test', 'laptop', '--json']));
  const session = (await call(server, 'mode=sessiongenerate&user=test&password=test')).get('ljsession') ?? '';
  secrets = { key: String(key?.['secret']), session };
  let writing = true;
  const writes = (async () => {
    while (writing) await call(server, 'mode=sessiongenerate&user=test&password=test');
  })();
  const encrypted = ['backup', 'backups/a.age', '--passphrase-file', 'passphrase'];
  const plain = await ljgate(place, ['backup', 'backups/a.sqlite', '--json']);
  const done = [plain, await ljgate(place, encrypted)];
  writing = false;
  await writes;
  expect(done.map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  expect(jsonLines(plain)).toMatchObject([{ secret: 'beside', accounts: expect.any(Number) }]);
  server.process.kill('SIGKILL');
  await server.stop();
  await rm(disk, { recursive: true });
}, 60_000);

async function restored(file: string, ...flags: string[]) {
  await rm(disk, { recursive: true, force: true });
  await mkdir(disk);
  const ran = await ljgate(place, ['restore', file, ...flags]);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const server = await startLjgate('--store', `sqlite:${database}`);
  try {
    return await logInEachWay(server, secrets);
  } finally {
    await server.stop();
  }
}

test("the disk is gone: from the encrypted backup everybody's password, key and session holds", async () => {
  expect(await restored('backups/a.age', '--passphrase-file', 'passphrase')).toEqual(allHold);
  const left = await readFile(database);
  expect(left.includes('"secrets"')).toBe(false);
  for (const name of ['a.sqlite', 'root-secret.json']) {
    expect((await stat(join(disk, name))).mode & 0o077).toBe(0);
  }
});

test('from the plain one with the secret beside it, too', async () => {
  expect(await restored('backups/a.sqlite')).toEqual(allHold);
});

test('an encrypted backup shows nothing, is a file of age, and only a whole one with its passphrase opens', async () => {
  const bytes = await readFile(join(backups, 'a.age'));
  expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  for (const text of ['SQLite', 'argon2', '"secrets"', 'test']) expect(bytes.includes(text)).toBe(false);
  const verify = (file: string, from = 'passphrase') =>
    ljgate(place, ['backup', file, '--verify', '--passphrase-file', from]);
  const sound = await verify('backups/a.age');
  expect([sound.code, sound.stdout]).toEqual([
    0,
    expect.stringMatching(
      /^sound: backups\/a\.age, with \d+ accounts and \d+ sessions as of .*\nthe root secret is in it\n$/,
    ),
  ]);
  await writeFile(join(place.folder, 'other'), 'another\n');
  await writeFile(join(place.folder, 'cut.age'), bytes.subarray(0, -100));
  for (const ran of [await verify('backups/a.age', 'other'), await verify('cut.age')]) {
    expect([ran.code, ran.stderr]).toEqual([
      1,
      expect.stringMatching(/cannot be opened: the passphrase is wrong, or/),
    ]);
  }
  expect((await readdir(place.folder)).filter((name) => name.startsWith('.ljgate'))).toEqual([]);
}, 60_000);

test('a plain backup that is damaged, or is without its secret, is no sound one', async () => {
  await copyFile(join(backups, 'a.sqlite'), join(place.folder, 'damaged.sqlite'));
  await copyFile(join(backups, 'a.sqlite.secret.json'), join(place.folder, 'damaged.sqlite.secret.json'));
  const damaged = new DatabaseSync(join(place.folder, 'damaged.sqlite'));
  // What a terminal would obey.
  damaged.prepare('INSERT INTO secrets (id) VALUES (?)').run('another\u001b[2J');
  damaged.close();
  const lacks = await ljgate(place, ['backup', 'damaged.sqlite', '--verify']);
  expect([lacks.code, lacks.stderr]).toEqual([
    1,
    expect.stringContaining('the root secret lacks another?[2J, which'),
  ]);
  await writeFile(join(place.folder, 'damaged.sqlite'), 'no database');
  const none = await ljgate(place, ['backup', 'damaged.sqlite', '--verify']);
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('damaged.sqlite is no sound backup')]);
});

test('a backup of a newer ljgate is not restored by an older one', async () => {
  await copyFile(join(backups, 'a.sqlite'), join(place.folder, 'newer.sqlite'));
  const newer = new DatabaseSync(join(place.folder, 'newer.sqlite'));
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  const folder = await freshFolder();
  const store = `sqlite:${join(folder, 'x.sqlite')}`;
  const { code, stderr } = await ljgate(place, ['restore', 'newer.sqlite', '--store', store]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('is of a newer ljgate (tables of version 99)')]);
  expect(await readdir(folder)).toEqual([]);
});

test('nothing is overwritten: neither a database that is there, nor a backup', async () => {
  await restored('backups/a.sqlite');
  const again = await ljgate(place, ['restore', 'backups/a.sqlite']);
  expect([again.code, again.stderr]).toEqual([
    1,
    `ljgate: ${database} is there; stop the server and move it away, then restore again\n`,
  ]);
  const twice = await ljgate(place, ['backup', 'backups/a.sqlite']);
  expect([twice.code, twice.stderr]).toEqual([
    1,
    'ljgate: backups/a.sqlite is there already; name a new file\n',
  ]);
  const cloud = await ljgate(place, ['backup', 'x', '--store', 'dynamodb:lj']);
  expect([cloud.code, cloud.stderr]).toEqual([2, expect.stringContaining('only SQLite is copied to a file')]);
});

/** What ran and did not succeed: its exit code and its error. */
const failed = ({ code, stderr }: { readonly code: number | null; readonly stderr: string }) => [
  code,
  stderr,
];

test('a plain file in the place of an encrypted backup is refused where a passphrase is named', async () => {
  await copyFile(join(backups, 'a.sqlite'), join(place.folder, 'swapped.age'));
  await copyFile(join(backups, 'a.sqlite.secret.json'), join(place.folder, 'swapped.age.secret.json'));
  const fresh = ['--store', `sqlite:${join(await freshFolder(), 'x.sqlite')}`];
  for (const args of [
    ['backup', 'swapped.age', '--verify', '--passphrase-file', 'passphrase'],
    ['backup', 'swapped.age', '--verify', '--encrypt'],
    ['restore', 'swapped.age', '--passphrase-file', 'passphrase', ...fresh],
  ]) {
    expect(failed(await ljgate(place, args))).toEqual([1, expect.stringContaining('is not encrypted')]);
  }
});

test('a plain backup without its secret is restored only where the secret is already', async () => {
  await copyFile(join(backups, 'a.sqlite'), join(place.folder, 'alone.sqlite'));
  const verified = await ljgate(place, ['backup', 'alone.sqlite', '--verify']);
  expect(verified.stdout).toContain('not in it: a restore needs the one that --secret names');
  const folder = await freshFolder();
  const into = ['restore', 'alone.sqlite', '--store', `sqlite:${join(folder, 'x.sqlite')}`];
  expect(failed(await ljgate(place, into))).toEqual([1, expect.stringContaining('bring it to one of them')]);
  expect(await readdir(folder)).toEqual([]);
  await copyFile(join(backups, 'a.sqlite.secret.json'), join(folder, 'root-secret.json'));
  expect((await ljgate(place, into)).code).toBe(0);
  await writeFile(join(place.folder, 'alone.sqlite.secret.json'), 'no secret');
  expect(failed(await ljgate(place, ['backup', 'alone.sqlite', '--verify']))).toEqual([
    1,
    expect.stringMatching(/alone\.sqlite\.secret\.json cannot be read: it is not JSON/),
  ]);
});

test('what is not encrypted goes neither to the place of the backups nor through a link that waits there', async () => {
  await restored('backups/a.sqlite');
  const seen: string[] = [];
  const watcher = watch(backups, (_, name) => seen.push(String(name)));
  const verified = await ljgate(place, [
    'backup',
    'backups/a.age',
    '--verify',
    '--passphrase-file',
    'passphrase',
  ]);
  const target = join(place.folder, 'target');
  await symlink(target, join(backups, 'b.sqlite.part'));
  const made = await ljgate(place, ['backup', 'backups/b.sqlite']);
  watcher.close();
  expect([verified.code, made.code]).toEqual([0, 0]);
  expect(seen.filter((name) => name.startsWith('.ljgate-backup'))).toEqual([]);
  await expect(stat(target)).rejects.toThrow('ENOENT');
  expect((await stat(join(backups, 'b.sqlite'))).mode & 0o077).toBe(0);
}, 60_000);

test('a signal ends a backup, and leaves no copy of database and secret; nor does a process that was killed, for long', async () => {
  await restored('backups/a.sqlite');
  const left = join(disk, '.ljgate-backup-killed');
  await mkdir(left);
  const longAgo = new Date(Date.now() - 24 * 3600_000);
  await utimes(left, longAgo, longAgo);
  const args = [main, 'backup', 'backups/c.age', '--passphrase-file', 'passphrase'];
  const child = spawn(process.execPath, args, {
    cwd: place.folder,
    env: { ...process.env, ...place.env },
    stdio: 'ignore',
  });
  const drafts = async () => (await readdir(disk)).filter((name) => name.startsWith('.ljgate-backup'));
  const ended = once(child, 'exit');
  await expect
    .poll(async () => (await drafts()).some((name) => !name.endsWith('killed')), {
      interval: 5,
      timeout: 20_000,
    })
    .toBe(true);
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(143);
  expect(await drafts()).toEqual([]);
  expect((await readdir(backups)).filter((name) => name.includes('c.age'))).toEqual([]);
}, 60_000);

test('what is missing is named, with what to do', async () => {
  const wrong = async (...args: string[]) => failed(await ljgate(place, args));
  const elsewhere = `sqlite:${join(await freshFolder(), 'none.sqlite')}`;
  expect(await wrong('backup', 'x', '--store', elsewhere)).toEqual([
    1,
    expect.stringMatching(/there is no database .*none\.sqlite; check --store/),
  ]);
  await restored('backups/a.sqlite');
  expect(await wrong('backup', 'nowhere/x')).toEqual([1, expect.stringContaining('mkdir -p nowhere')]);
  expect(await wrong('backup', 'passphrase/x', '--passphrase-file', 'passphrase')).toEqual([
    1,
    expect.stringMatching(/passphrase\/x cannot be written \(ENOTDIR\); .*, or name another place/),
  ]);
  for (const file of ['nothing.age', 'backups']) {
    expect(await wrong('restore', file, '--store', elsewhere)).toEqual([
      1,
      expect.stringMatching(/cannot be read \(E.*\); name a backup/),
    ]);
  }
}, 60_000);
