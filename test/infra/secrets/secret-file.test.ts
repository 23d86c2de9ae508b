import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Keyring } from '../../../infra/secrets/keyring.ts';
import { openSecretFile } from '../../../infra/secrets/secret-file.ts';
import { secretText, storedSecret } from './keyrings.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ljgate-secret-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const posix = process.platform !== 'win32';
const fingerprint = (keyring: Keyring) => Buffer.from(keyring.current('challenge').key).toString('hex');
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('a secret file that is not there', () => {
  test('is made, and read again by the next start', async () => {
    const path = join(root, 'data', 'root-secret.json');
    const first = await openSecretFile(path, { create: true });
    expect(fingerprint(await openSecretFile(path, { create: false }))).toBe(fingerprint(first));
    expect(await readFile(path, 'utf8')).toBe(first.reveal());
  });

  test.runIf(posix)('is made for its owner alone, in folders for their owner alone', async () => {
    const path = join(root, 'a', 'b', 'root-secret.json');
    await openSecretFile(path);
    expect(await modeOf(path)).toBe('600');
    expect(await modeOf(join(root, 'a', 'b'))).toBe('700');
    expect(await modeOf(join(root, 'a'))).toBe('700');
  });

  test('leaves no draft behind', async () => {
    await openSecretFile(join(root, 'root-secret.json'));
    expect(await readdir(root)).toEqual(['root-secret.json']);
  });

  test('is not made unless that is asked for', async () => {
    const path = join(root, 'root-secret.json');
    await expect(openSecretFile(path, { create: false })).rejects.toThrow(
      `secret file ${path}: does not exist`,
    );
    expect(await readdir(root)).toEqual([]);
  });

  test('cannot be made where a file stands in the way of its folder', async () => {
    await writeFile(join(root, 'data'), '');
    const path = join(root, 'data', 'root-secret.json');
    await expect(openSecretFile(path)).rejects.toThrow(`secret file ${path}: cannot be`);
  });

  test('is made once by many in one process', async () => {
    const path = join(root, 'root-secret.json');
    const all = await Promise.all(Array.from({ length: 20 }, () => openSecretFile(path)));
    expect(new Set(all.map(fingerprint)).size).toBe(1);
    expect(await readdir(root)).toEqual(['root-secret.json']);
  });

  test('is made once by several processes that start at the same moment', async () => {
    const paths = Array.from({ length: 40 }, (_, i) => join(root, String(i), 'root-secret.json'));
    const starters = Array.from({ length: 3 }, () => starter(paths));
    await Promise.all(starters.map(({ ready }) => ready));
    for (const { child } of starters) child.stdin?.end('go\n');
    const outcomes = await Promise.all(starters.map(({ outcome }) => outcome));

    expect(outcomes[0]).toHaveLength(paths.length);
    expect(new Set(outcomes[0]).size).toBe(paths.length);
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    const here = await Promise.all(paths.map((path) => openSecretFile(path, { create: false })));
    expect(here.map(fingerprint)).toEqual(outcomes[0]);
    for (const path of paths) expect(await readdir(join(path, '..'))).toEqual(['root-secret.json']);
  });
});

describe('a secret file that is there', () => {
  const good = JSON.stringify({ current: 'a', secrets: [storedSecret('a')] });

  async function given(text: string, mode = 0o600): Promise<string> {
    const path = join(root, 'root-secret.json');
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  }

  test.runIf(posix).each([0o604, 0o644, 0o660, 0o620, 0o601])(
    'with mode %o is refused, with the remedy',
    async (mode) => {
      const path = await given(good, mode);
      await expect(openSecretFile(path)).rejects.toThrow(
        `secret file ${path}: is open to other users; run: chmod 600 ${path}`,
      );
    },
  );

  test.runIf(posix).each([0o600, 0o400, 0o640, 0o440])('with mode %o is read', async (mode) => {
    expect((await openSecretFile(await given(good, mode))).current('seal').id).toBe('a');
  });

  test.runIf(posix)('is judged by what a link leads to', async () => {
    const path = await given(good, 0o644);
    await symlink(path, join(root, 'link.json'));
    await expect(openSecretFile(join(root, 'link.json'))).rejects.toThrow('is open to other users');
  });

  test.each(['', good.slice(0, -1), '{}', good.replace(secretText('a'), 'c2hvcnQ=')])(
    'but malformed (%#) is named, left as it is, and not quoted',
    async (text) => {
      const path = await given(text);
      const error = await openSecretFile(path).catch((thrown: unknown) => thrown);
      expect(String(error)).toMatch(
        /^Error: secret file .*root-secret\.json: (is not JSON|current: |secrets\[0\])/,
      );
      expect(String(error)).not.toContain(secretText('a').slice(0, 12));
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );

  test('but a folder is refused', async () => {
    const path = join(root, 'folder');
    await mkdir(path);
    await expect(openSecretFile(path)).rejects.toThrow(
      /secret file .*folder: (is not a file|cannot be read)/,
    );
  });
});

interface Starter {
  readonly child: ChildProcess;
  readonly ready: Promise<unknown>;
  readonly outcome: Promise<readonly string[]>;
}

/** A process that opens each path in turn once it is told to, and prints whose secret it got. */
function starter(paths: readonly string[]): Starter {
  const module = new URL('../../../infra/secrets/secret-file.ts', import.meta.url).href;
  const script = `
    import { openSecretFile } from ${JSON.stringify(module)};
    console.log('ready');
    for await (const go of process.stdin) break;
    for (const path of ${JSON.stringify(paths)}) {
      const keyring = await openSecretFile(path, { create: true });
      console.log(Buffer.from(keyring.current('challenge').key).toString('hex'));
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ready = once(child.stdout, 'data');
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const outcome = once(child, 'close').then(() => printed.trim().split('\n').slice(1));
  return { child, ready, outcome };
}
