/** Keys that follow their source. */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { followFile, followRemote, freshFor } from '../../../infra/secrets/live-keys.ts';
import { secretFile } from '../../../infra/secrets/secret-file-source.ts';
import { temporaryFolder } from '../../support/stores.ts';
import { keyringOf } from './keyrings.ts';

const folder = temporaryFolder();
const path = join(folder, 'root-secret.json');
const source = secretFile(path);
const posix = process.platform !== 'win32';

beforeEach(async () => {
  await rm(path, { recursive: true, force: true });
  await writeFile(path, keyringOf('a').reveal(), { mode: 0o600 });
});

describe('keys that follow a file', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** It is looked at once a second. */
  const aSecondLater = () => vi.advanceTimersByTime(1000);

  const follow = (errors: Error[] = []) => followFile(path, keyringOf('a'), (error) => errors.push(error));

  test('know a secret that was added, within a second', async () => {
    const keys = follow();
    expect(keys.byId('b', 'seal')).toBeUndefined();
    await source.change(() => keyringOf('a', 'b'));
    aSecondLater();
    expect(keys.byId('b', 'seal')).toBeDefined();
    expect(keys.current('seal').id).toBe('a');
    await source.change(() => keyringOf('b', 'a'));
    aSecondLater();
    expect(keys.current('seal').id).toBe('b');
  });

  const faults: readonly [string, RegExp, () => Promise<void>][] = [
    ['spoilt', /: is not JSON$/, () => writeFile(path, '{')],
    ['gone', /: cannot be read \(ENOENT\)$/, () => rm(path)],
    ['a folder', /: (is not a file|cannot be read \(EISDIR\))$/, () => rm(path).then(() => mkdir(path))],
  ];
  test.each(faults)(
    'stay as they are when the file is %s, and say so once, with path and cause',
    async (_, why, spoil) => {
      const errors: Error[] = [];
      const keys = follow(errors);
      keys.current('seal');
      await spoil();
      aSecondLater();
      expect(keys.current('seal').id).toBe('a');
      aSecondLater();
      expect(keys.current('seal').id).toBe('a');
      expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(why)]);
      expect(errors[0]?.message).toContain(path);
    },
  );

  test.runIf(posix && process.getuid?.() !== 0)('say so when only others can read it now', async () => {
    const errors: Error[] = [];
    const keys = follow(errors);
    keys.current('seal');
    await chmod(path, 0o000);
    aSecondLater();
    expect(keys.current('seal').id).toBe('a');
    expect(errors.map(({ message }) => message)).toEqual([`secret file ${path}: cannot be read (EACCES)`]);
  });

  test.runIf(posix)('take what others can read as well, and say so', async () => {
    const errors: Error[] = [];
    const keys = follow(errors);
    keys.current('seal');
    await writeFile(path, keyringOf('b', 'a').reveal());
    await chmod(path, 0o644);
    aSecondLater();
    expect(keys.current('seal').id).toBe('b');
    expect(errors.map(({ message }) => message)).toEqual([
      `secret file ${path}: is open to other users; run: chmod 600 ${path}`,
    ]);
  });

  test('look again at once when a secret is missing, if they did not do so a moment ago', async () => {
    const keys = follow();
    expect(keys.byId('b', 'seal')).toBeUndefined();
    await source.change(() => keyringOf('a', 'b'));
    await keys.reread();
    expect(keys.byId('b', 'seal')).toBeDefined();
    await source.change(() => keyringOf('a', 'b', 'c'));
    await keys.reread();
    expect(keys.byId('c', 'seal')).toBeUndefined();
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

  test('are asked for again when a secret is missing, at most once in a few seconds', async () => {
    let asked = 0;
    const read = async () => keyringOf('a', String(++asked));
    const keys = followRemote({ read }, keyringOf('a'), () => {});
    await Promise.all([keys.reread(), keys.reread()]);
    await keys.reread();
    expect([asked, keys.byId('1', 'seal') !== undefined]).toEqual([1, true]);
    vi.advanceTimersByTime(5000);
    await keys.reread();
    expect(asked).toBe(2);
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
