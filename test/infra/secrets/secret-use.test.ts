/** Which secrets are in use, and which of them a process lacks. */
import { describe, expect, test } from 'vitest';
import { mintChallenge, missingSecretOf, readChallenge } from '../../../core/auth/challenge.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import { SecretMissing } from '../../../core/failures.ts';
import { systemRandom } from '../../../infra/clock-and-random.ts';
import { createHasher } from '../../../infra/passwords/argon2.ts';
import type { Keyring } from '../../../infra/secrets/keyring.ts';
import { createSealer } from '../../../infra/secrets/sealer.ts';
import type { Keys } from '../../../infra/secrets/secret-keys.ts';
import { watchSecrets } from '../../../infra/secrets/secret-use.ts';
import { openSqliteInMemory } from '../../../infra/stores/sqlite/sqlite-store.ts';
import { named } from '../../support/site.ts';
import { changeableKeys, keyringOf } from './keyrings.ts';

const digest = md5Hex('test');
const owner = named('test');
const users = (keys: Keys) => ({
  hasher: createHasher(keys, { memoryCost: 64, timeCost: 1 }),
  sealer: createSealer(keys),
});

function processWith(keyring: Keyring, { secretIds } = openSqliteInMemory()) {
  const { keys, put, reads } = changeableKeys(keyring);
  return { secretIds, put, reads, ...watchSecrets(keys, secretIds, users(keys)) };
}

describe('the store learns of a secret', () => {
  test('before what was hashed with it is given away', async () => {
    const { hasher, secretIds } = processWith(keyringOf('b', 'a'));
    await hasher.hash(digest);
    expect(await secretIds.list()).toEqual(new Set(['b']));
  });

  test('before what was sealed with it is given away, and of one that becomes current later', async () => {
    const { sealer, secretIds, put, check, challengeKeys } = processWith(keyringOf('a'));
    await sealer.seal(digest, owner, 'password');
    put(keyringOf('b', 'a'));
    await challengeKeys.find('b');
    await check();
    expect(await secretIds.list()).toEqual(new Set(['a']));
  });

  test('or nothing is given away', async () => {
    const secretIds = { ...openSqliteInMemory().secretIds, add: () => Promise.reject(new Error('full')) };
    const { hasher, sealer } = watchSecrets(keyringOf('a'), secretIds, users(keyringOf('a')));
    await expect(hasher.hash(digest)).rejects.toThrow('full');
    await expect(sealer.seal(digest, owner, 'password')).rejects.toThrow('full');
  });
});

describe('a process is not healthy', () => {
  test('while a secret that a call needed is missing; it looks for it each time', async () => {
    const { sealer } = users(keyringOf('b'));
    const sealed = await sealer.seal(digest, owner, 'password');
    const here = processWith(keyringOf('a'));
    await here.secretIds.add(['a', 'b']);
    await here.check();
    await expect(here.sealer.open(sealed, owner, 'password')).rejects.toThrow(SecretMissing);
    await expect(here.check()).rejects.toThrow(new SecretMissing('b'));
    here.put(keyringOf('a', 'b'));
    await here.check();
    expect(await here.sealer.open(sealed, owner, 'password')).toBe(digest);
  });

  test('for a verifier as for a seal, until nothing needs the secret any more', async () => {
    const verifier = await users(keyringOf('b')).hasher.hash(digest);
    const here = processWith(keyringOf('a'));
    await here.secretIds.add(['b']);
    await expect(here.hasher.verify(verifier, digest)).rejects.toThrow(SecretMissing);
    await expect(here.check()).rejects.toThrow(SecretMissing);
    await here.secretIds.remove(['b']);
    await here.check();
  });
});

describe('a challenge under a secret that is not here', () => {
  const mintUnder = (id: string) => {
    const { challengeKeys } = processWith(keyringOf(id));
    return mintChallenge(challengeKeys, systemRandom, 1000, 60).challenge;
  };

  test('is recognised after a rotation, until its secret is gone', () => {
    const kindUnder = (...ids: [string, ...string[]]) =>
      readChallenge(processWith(keyringOf(...ids)).challengeKeys, mintUnder('a'), 1001).kind;
    expect(kindUnder('a')).toBe('fresh');
    expect(kindUnder('b', 'a')).toBe('fresh');
    expect(kindUnder('b')).toBe('forged');
  });

  test('is forged when nobody uses that secret: the source is not asked, and the process is well', async () => {
    const { challengeKeys, check, reads } = processWith(keyringOf('a'));
    expect(await missingSecretOf(challengeKeys, mintUnder('b'))).toBeUndefined();
    expect(reads()).toBe(0);
    await check();
  });

  test("is another process's when the store knows the secret", async () => {
    const { challengeKeys, check, secretIds } = processWith(keyringOf('a'));
    await secretIds.add(['b']);
    expect(await missingSecretOf(challengeKeys, mintUnder('b'))).toBe('b');
    await expect(check()).rejects.toThrow(new SecretMissing('b'));
  });

  test('is good when the secret has come meanwhile', async () => {
    const { challengeKeys, put, secretIds, check } = processWith(keyringOf('a'));
    await secretIds.add(['b']);
    put(keyringOf('a', 'b'));
    const challenge = mintUnder('b');
    expect(await missingSecretOf(challengeKeys, challenge)).toBeUndefined();
    expect(readChallenge(challengeKeys, challenge, 1001).kind).toBe('fresh');
    await check();
  });

  test('makes the store be asked once in a while, however many there are', async () => {
    let asked = 0;
    const secretIds = {
      ...openSqliteInMemory().secretIds,
      list: async () => {
        asked++;
        return new Set(['a']);
      },
    };
    const { challengeKeys } = watchSecrets(keyringOf('a'), secretIds, users(keyringOf('a')));
    const challenge = mintUnder('b');
    await Promise.all(Array.from({ length: 50 }, () => missingSecretOf(challengeKeys, challenge)));
    expect(asked).toBe(1);
  });

  test('mints under the current secret', () => {
    const { challengeKeys } = processWith(keyringOf('b', 'a'));
    expect(mintChallenge(challengeKeys, systemRandom, 1000, 60).challenge.split(':')[2]).toBe('b');
  });
});
