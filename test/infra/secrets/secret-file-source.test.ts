/** The file as a place to change secrets in. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSecretFile } from '../../../infra/secrets/secret-file.ts';
import { secretFile } from '../../../infra/secrets/secret-file-source.ts';
import { temporaryFolder } from '../../support/stores.ts';
import { keyringOf } from './keyrings.ts';

const run = promisify(execFile);
const folder = temporaryFolder();
const path = join(folder, 'root-secret.json');
const source = secretFile(path);
const posix = process.platform !== 'win32';

beforeEach(async () => {
  await rm(path, { force: true });
  await writeFile(path, keyringOf('a').reveal(), { mode: 0o600 });
});

describe('the file as a place to change secrets in', () => {
  test('holds the new keyring, for its owner alone, and leaves no draft', async () => {
    await source.change((now) => now.withFresh());
    const stored = await source.read();
    expect(stored.list()).toHaveLength(2);
    expect(stored.rotating).toBe(stored.list().find(({ id }) => id !== 'a')?.id);
    if (posix) expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['root-secret.json']);
  });

  test('is changed by one process at a time; a lock of one that is gone is no lock', async () => {
    const second = () => source.alone(async () => 'second');
    await source.alone(async () => {
      await expect(second()).rejects.toThrow(
        /root-secret.json.lock: process \d+ is changing the secrets; wait/,
      );
    });
    expect(await second()).toBe('second');
    await writeFile(`${path}.lock`, '999999999');
    expect(await second()).toBe('second');
    await expect(source.alone(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await second()).toBe('second');
  });

  test.runIf(posix && process.getuid?.() !== 0)('that cannot be written stays as it was', async () => {
    const before = await readFile(path, 'utf8');
    await chmod(folder, 0o500);
    try {
      await expect(source.change(() => keyringOf('b'))).rejects.toThrow('cannot be replaced (EACCES)');
    } finally {
      await chmod(folder, 0o700);
    }
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  test('keeps what an editor writes while it is changed', async () => {
    let edits = 0;
    await source.change((now) => {
      if (edits++ === 0) writeFileSync(path, keyringOf('a', 'b', 'c').reveal());
      return now.withCurrent('a').withFresh();
    });
    const ids = (await source.read()).list().map(({ id }) => id);
    expect(edits).toBe(2);
    expect(ids).toEqual(expect.arrayContaining(['a', 'b', 'c']));
  });

  test.runIf(posix).each([0o400, 0o600, 0o640, 0o440])('keeps its mode %o', async (mode) => {
    await chmod(path, mode);
    await source.change((now) => now.withFresh());
    expect((await stat(path)).mode & 0o777).toBe(mode);
  });

  test.runIf(posix)('is changed where a link leads to, and the link stays', async () => {
    const link = join(folder, 'link.json');
    await symlink(path, link);
    await secretFile(link).change((now) => now.withFresh());
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect((await source.read()).list()).toHaveLength(2);
    await rm(link);
  });

  describe.runIf(process.getuid?.() === 0)('changed by root', () => {
    test("stays its owner's and its group's", async () => {
      await chown(path, 4711, 4712);
      await source.change((now) => now.withFresh());
      const { uid, gid, mode } = await stat(path);
      expect([uid, gid, mode & 0o777]).toEqual([4711, 4712, 0o600]);
    });

    test('and made by root, it is for the user whose folder it is in', async () => {
      const theirs = join(folder, 'theirs');
      await mkdir(theirs);
      await chown(theirs, 4711, 4712);
      await openSecretFile(join(theirs, 'root-secret.json'));
      const { uid, gid } = await stat(join(theirs, 'root-secret.json'));
      expect([uid, gid]).toEqual([4711, 4712]);
      await rm(theirs, { recursive: true });
    });

    test('but by another user, it is left as it was, with what to do', async () => {
      await chmod(folder, 0o777);
      await chown(path, 0, 4712);
      await chmod(path, 0o640);
      const before = await readFile(path, 'utf8');
      // Its group may read it, and may write in the folder; what it wrote would be the group's own file.
      const script = `
        import { secretFile } from ${JSON.stringify(new URL('../../../infra/secrets/secret-file-source.ts', import.meta.url).href)};
        process.setgroups([]); process.setgid(4712); process.setuid(4713);
        await secretFile(${JSON.stringify(path)}).change((now) => now.withFresh()).catch(({ message }) => console.log(message));`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
      expect(stdout.trim()).toMatch(
        /cannot be replaced \(EPERM\); it belongs to user 0.*run this as that user, or as root$/,
      );
      expect(await readFile(path, 'utf8')).toBe(before);
      expect(await readdir(folder)).toEqual(['root-secret.json']);
      await chmod(folder, 0o700);
    });
  });
});
