/** Keys that follow their source, and the file as a place to change secrets in. */
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { secretFile } from '../../../infra/secrets/file.ts';
import { followFile, followRemote, freshFor } from '../../../infra/secrets/live.ts';
import { temporaryFolder } from '../../support/stores.ts';
import { keyringOf } from './keyrings.ts';

const folder = temporaryFolder();
const path = join(folder, 'root-secret.json');
const source = secretFile(path);
const posix = process.platform !== 'win32';

beforeEach(() => writeFile(path, keyringOf('a').reveal(), { mode: 0o600 }));

describe('keys that follow a file', () => {
  const follow = (errors: unknown[] = []) => followFile(path, keyringOf('a'), (error) => errors.push(error));

  test('know a secret that was added, within a second', async () => {
    const keys = follow();
    expect(keys.byId('b', 'seal')).toBeUndefined();
    await source.replace(keyringOf('a', 'b'));
    await expect.poll(() => keys.byId('b', 'seal') !== undefined, { timeout: 3000 }).toBe(true);
    expect(keys.current('seal').id).toBe('a');
    await source.replace(keyringOf('b', 'a'));
    await expect.poll(() => keys.current('seal').id, { timeout: 3000 }).toBe('b');
  });

  test('stay as they are when the file is spoilt or gone, and say so', async () => {
    const errors: unknown[] = [];
    const keys = follow(errors);
    keys.current('seal');
    await writeFile(path, '{');
    await sleep(1100);
    expect(keys.current('seal').id).toBe('a');
    expect(String(errors[0])).toContain('is not JSON');
  });
});

describe('keys that follow a service', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('are asked for again when they are no longer fresh, once for all that wait', async () => {
    let asked = 0;
    const read = async () => {
      asked++;
      return keyringOf('b', 'a');
    };
    const keys = followRemote({ read }, keyringOf('a'), () => {});
    await keys.fresh();
    expect([asked, keys.current('seal').id]).toEqual([0, 'a']);
    vi.advanceTimersByTime(freshFor + 1);
    await Promise.all([keys.fresh(), keys.fresh()]);
    expect([asked, keys.current('seal').id]).toEqual([1, 'b']);
  });

  test('stay as they are while the service is away', async () => {
    const errors: unknown[] = [];
    const read = () => Promise.reject(new Error('away'));
    const keys = followRemote({ read }, keyringOf('a'), (error) => errors.push(error));
    vi.advanceTimersByTime(freshFor + 1);
    await keys.fresh();
    await keys.fresh();
    expect([errors.length, keys.current('seal').id]).toEqual([1, 'a']);
  });
});

describe('the file as a place to change secrets in', () => {
  test('holds the new keyring, for its owner alone, and leaves no draft', async () => {
    await source.replace(keyringOf('a').withFresh());
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
      await expect(source.replace(keyringOf('b'))).rejects.toThrow('cannot be replaced (EACCES)');
    } finally {
      await chmod(folder, 0o700);
    }
    expect(await readFile(path, 'utf8')).toBe(before);
  });
});
