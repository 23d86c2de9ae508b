/** What people get wrong at the command line: each error says what to do. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { jsonLines, ljgate, main, type WorkingFolder } from '../../support/cli.ts';
import { freshFolder, startLjgate } from '../../support/server.ts';

let here: WorkingFolder;
const at = (name: string) => join(here.folder, name);

beforeEach(async () => {
  here = { folder: await freshFolder() };
});

describe('import', () => {
  const line = JSON.stringify({ username: 'alice', passwordMd5: '5f4dcc3b5aa765d61d8327deb882cf99' });
  const counts = (added: number) => ({ added, updated: 0, unchanged: 0, skipped: 0, refused: 0 });

  test('takes gzip as it is, from a file and from standard input', async () => {
    writeFileSync(at('accounts.jsonl.gz'), gzipSync(`${line}\n`));
    const ran = await ljgate(here, ['import', 'accounts.jsonl.gz', '--json']);
    expect([ran.stderr, ran.code, jsonLines(ran)]).toEqual(['', 0, [counts(1)]]);
  });

  test.each([
    ['cut', (whole: Buffer) => whole.subarray(0, -9), /accounts\.gz was cut: .*; copy it again, whole/],
    [
      'damaged',
      (whole: Buffer) => Buffer.concat([whole.subarray(0, 10), whole]),
      /accounts\.gz is damaged: /,
    ],
  ])('and `usage` name a gzip file that is %s, and what to do', async (_, spoil, message) => {
    writeFileSync(at('accounts.gz'), spoil(gzipSync(`${line}\n`)));
    for (const command of ['import', 'usage']) {
      const { code, stderr } = await ljgate(here, [command, 'accounts.gz']);
      expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
      expect(stderr).not.toContain('    at ');
    }
  });

  test('looks into gzip for other forms, too, also where its first byte comes alone', async () => {
    const [first, ...others] = gzipSync(`[${line}]`);
    const child = spawn(process.execPath, [main, 'import', '-'], { cwd: here.folder });
    let printed = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.stdin.write(Buffer.from([first ?? 0]));
    await once(child, 'spawn');
    child.stdin.end(Buffer.from(others));
    const [code] = await once(child, 'close');
    expect([code, printed]).toEqual([2, expect.stringContaining('is one JSON array')]);
    writeFileSync(at('accounts.csv.gz'), gzipSync('username,password\nalice,x\n'));
    const { stderr } = await ljgate(here, ['import', 'accounts.csv.gz']);
    expect(stderr).toContain('gzip -dc <accounts.csv.gz | mlr --icsv --ojsonl cat | npx ljgate import -');
  });

  test('with --dry-run makes no secret, and notes none in the store', async () => {
    const withKey = { username: 'alice', clientkeys: [{ name: 'laptop', secret: 'a secret of 20 letters' }] };
    writeFileSync(at('accounts'), JSON.stringify(withKey));
    const store = ['--store', 'sqlite:lj.sqlite'];
    expect((await ljgate(here, ['tables', 'create', ...store])).code).toBe(0);
    const tried = await ljgate(here, ['import', 'accounts', '--dry-run', '--json', ...store]);
    expect([tried.stderr, jsonLines(tried)]).toEqual(['', [counts(1)]]);
    expect(readdirSync(here.folder).filter((name) => name.includes('secret'))).toEqual([]);
    const done = await ljgate(here, ['import', 'accounts', '--json', ...store]);
    expect([done.stderr, jsonLines(done)]).toEqual(['', [counts(1)]]);
  });

  test('goes on after a line that is nested deeper than it can be quoted', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    writeFileSync(at('accounts'), `{"username":"deep","fullname":${deep}}\n${line}\n`);
    const { code, stdout, stderr } = await ljgate(here, ['import', 'accounts', '--json']);
    expect([code, jsonLines({ stdout })]).toEqual([1, [{ ...counts(1), refused: 1 }]]);
    expect(stderr).toMatch(/^line 1: fullname: must be .*nested too deep\n$/);
  });

  test('says which commands read an encrypted file', async () => {
    writeFileSync(at('moved.age'), 'age-encryption.org/v1\n');
    const { code, stderr } = await ljgate(here, ['import', 'moved.age']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('add --with-verifiers')]);
  });

  test.each([
    [
      'a JSON array',
      `[${line}]`,
      /is one JSON array; make a line of each account: jq -c '.\[\]' accounts \| npx/,
    ],
    ['CSV', 'username,password\nalice,x\n', /is a table \(CSV\); .* mlr --icsv --ojsonl cat accounts \| npx/],
  ])('says what to do with %s, and changes nothing', async (_, text, message) => {
    writeFileSync(at('accounts'), text);
    const ran = await ljgate(here, ['import', 'accounts']);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(readdirSync(here.folder)).toEqual(['accounts']);
  });
});

describe('serve', () => {
  test('takes --host localhost', async () => {
    const server = await startLjgate('--store', 'memory', '--host', 'localhost');
    expect(server.url.hostname).toBe('127.0.0.1');
    await server.stop();
  });

  test('says what to do about a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const ran = await ljgate(here, ['serve', '--store', 'memory', '--port', String(port)]);
    other.close();
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/another process listens there \(EADDRINUSE\); --port 0 picks a free port/);
  });

  test('names the variable that was meant, and goes on', async () => {
    const env = { LJGATE_STROE: 'memory' };
    const ran = await ljgate({ ...here, env }, ['serve', '--store', 'memory', '--check-config']);
    expect(ran.stderr).toBe('ljgate: LJGATE_STROE is no variable of ljgate; did you mean LJGATE_STORE?\n');
    expect(ran.code).toBe(0);
  });

  test('--check-config starts nothing and makes nothing', async () => {
    const ran = await ljgate(here, ['serve', '--check-config']);
    expect([ran.code, ran.stdout]).toEqual([0, 'the settings are right; nothing was started\n']);
    expect(readdirSync(here.folder)).toEqual([]);
  });

  test.each([
    ['a site file that is not there', ['--site', 'site.json'], /--site: /],
    ['a folder that is not there', ['--store', 'sqlite:no/lj.sqlite'], /--store: there is no folder no/],
    ['a secret that is none', ['--secret', 'secret.json'], /--secret: secret file secret.json/],
  ])('--check-config ends with 2 for %s', async (_, args, message) => {
    writeFileSync(at('secret.json'), 'nothing', { mode: 0o600 });
    const ran = await ljgate(here, ['serve', '--check-config', ...args]);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

test.each([
  [['serve', '--prot', '1'], /Did you mean --port\?[\s\S]*\(npx ljgate serve --help shows how it is used\)/],
  [['accounts', 'add'], /\(npx ljgate accounts add --help shows how it is used\)/],
  [['import', 'missing'], /missing cannot be read[\s\S]*\(npx ljgate import --help shows how it is used\)/],
])('%j points to the help of what was used', async (args, message) => {
  const ran = await ljgate(here, args);
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)]);
});

test('an interrupted rotation says that it is not finished, and how to go on', async () => {
  mkdirSync(at('data'));
  const store = ['--store', `sqlite:${at('data/lj.sqlite')}`];
  await ljgate(here, ['tables', 'create', ...store]);
  await ljgate(here, ['accounts', 'add', 'alice', '--generate', ...store]);
  const child = spawn(process.execPath, [main, 'secrets', 'rotate', ...store], { cwd: here.folder });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (text.includes('waiting')) child.kill('SIGINT');
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(printed).toMatch(/interrupted; the rotation is not finished[\s\S]*npx ljgate secrets rotate\n$/);
  const { stdout } = await ljgate(here, ['doctor', ...store]);
  expect(stdout).toMatch(/rotation: to \w+ was interrupted\n +run: npx ljgate secrets rotate/);
});

test('completion offers the values of an option', async () => {
  const { stdout } = await ljgate(here, ['completion', 'bash']);
  const line = (words: string) =>
    `COMP_WORDS=(${words} ''); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); _ljgate; echo "\${COMPREPLY[@]}"`;
  const script = `${stdout}\n${line('ljgate serve --log')}\n${line('ljgate import --on-conflict')}`;
  const { stdout: offered } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(offered).toBe('text json off\nskip update fail\n');
});

test('doctor goes on where the store cannot be opened, also for scripts', async () => {
  writeFileSync(at('lj.sqlite'), 'this is no database', { mode: 0o600 });
  const ran = await ljgate(here, ['doctor', '--json', '--store', 'sqlite:lj.sqlite']);
  const findings = jsonLines(ran).map(({ what, well }) => [what, well]);
  expect(ran.code).toBe(1);
  expect(findings).toContainEqual(['store', false]);
  expect(findings).toContainEqual(['hash time', true]);
});

test('doctor looks at the site behind where the store cannot be opened, too', async () => {
  writeFileSync(at('lj.sqlite'), 'this is no database', { mode: 0o600 });
  const site = createServer((_, reply) => reply.writeHead(500).end()).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  const ran = await ljgate(here, ['doctor', '--json', '--store', 'sqlite:lj.sqlite', '--upstream', url]);
  site.close();
  expect(jsonLines(ran)).toContainEqual(expect.objectContaining({ what: 'site', well: false }));
});

/** What a command prints, and how it ends, where its output goes to a shell's `| head` or to a full disk. */
function printedTo(output: string, ...args: string[]) {
  const command = `"$0" "$@" ${output}`;
  const script = ['-c', `set -o pipefail; ${command}`, process.execPath, main, ...args];
  return spawnSync('bash', script, { cwd: here.folder, encoding: 'utf8' });
}

test('a reader that leaves ends a command quietly; a full disk is named, and is a failure', async () => {
  const call = { wire: 'flat', method: 'login', outcome: 'ok' };
  const calls = Array.from({ length: 4000 }, (_, i) => JSON.stringify({ ...call, client: `client ${i}` }));
  writeFileSync(at('a.log'), calls.join('\n'));
  const left = printedTo('| true', 'usage', 'a.log', '--json');
  expect([left.status, left.stderr]).toEqual([0, '']);
  const full = printedTo('>/dev/full', 'usage', 'a.log', '--json');
  expect([full.status, full.stderr]).toEqual([
    1,
    expect.stringMatching(/^ljgate: standard output cannot be written \(ENOSPC.*\n$/),
  ]);
});

test.skipIf(process.geteuid?.() !== 0)(
  'what root makes in the folder of another user is that user’s',
  async () => {
    mkdirSync(at('data'));
    chownSync(at('data'), 12345, 12345);
    const store = ['--store', `sqlite:${at('data/lj.sqlite')}`];
    expect((await ljgate(here, ['tables', 'create', ...store])).code).toBe(0);
    expect((await ljgate(here, ['accounts', 'add', 'alice', '--generate', ...store])).code).toBe(0);
    const owners = readdirSync(at('data')).map((name) => [name, statSync(at(`data/${name}`)).uid]);
    expect(owners.length).toBeGreaterThan(1);
    expect(owners.filter(([, uid]) => uid !== 12345)).toEqual([]);
  },
);
