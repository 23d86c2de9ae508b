/** The hashers, native, native in threads and WebAssembly, held to the same sentences and to each other. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hash as plainHash } from '@node-rs/argon2';
import { describe, expect, test } from 'vitest';
import { md5Hex } from '../../../core/auth/digest.ts';
import { HasherBusy, SecretMissing, StoreFailed } from '../../../core/failures.ts';
import { createHasher as createNativeHasher } from '../../../infra/passwords/argon2.ts';
import { createWasmHasher } from '../../../infra/passwords/argon2-wasm.ts';
import { createThreadedHasher } from '../../../infra/passwords/hash-threads.ts';
import type { HasherOptions } from '../../../infra/passwords/hasher.ts';
import type { Keys } from '../../../infra/secrets/secret-keys.ts';
import { keyringOf } from '../secrets/keyrings.ts';

const cheap = { memoryCost: 64, timeCost: 1 };
const digest = md5Hex('test');
const wrong = md5Hex('guess');

const wasm = createRequire(import.meta.url).resolve('argon2id/dist/simd.wasm');
const module = new WebAssembly.Module(readFileSync(wasm));
const inWebAssembly = (keys: Keys, options?: HasherOptions) => createWasmHasher(module, keys, options);
const hashers = [
  ['native', createNativeHasher],
  ['in threads', createThreadedHasher],
  ['WebAssembly', inWebAssembly],
] as const;

describe.each(hashers)('the hasher, %s,', (_, createHasher) => {
  const hasher = createHasher(keyringOf('a'), cheap);

  test('makes argon2id verifiers at the cost that OWASP asks for, and checks them', async () => {
    const standard = createHasher(keyringOf('a'));
    const verifier = await standard.hash(digest);
    expect(verifier.phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(verifier.secret).toBe('a');
    expect(await standard.verify(verifier, digest)).toBe(true);
    expect(await standard.verify(verifier, wrong)).toBe(false);
    expect(standard.isOutdated(verifier)).toBe(false);
  });

  test('salts: the same password never has the same verifier', async () => {
    const [one, two] = await Promise.all([hasher.hash(digest), hasher.hash(digest)]);
    expect(one?.phc).not.toBe(two?.phc);
  });

  test('peppers: without the root secret a verifier cannot be checked', async () => {
    const unpeppered = { phc: await plainHash(digest, cheap), secret: 'a' };
    expect(await hasher.verify(unpeppered, digest)).toBe(false);
    const verifier = await hasher.hash(digest);
    const other = createHasher(keyringOf('b', 'a'), cheap);
    expect(await other.verify({ ...verifier, secret: 'b' }, digest)).toBe(false);
  });

  test('checks older verifiers after a rotation and would replace them, until their secret is gone', async () => {
    const verifier = await hasher.hash(digest);
    const rotated = createHasher(keyringOf('b', 'a'), cheap);
    expect(await rotated.verify(verifier, digest)).toBe(true);
    expect(await rotated.verify(verifier, wrong)).toBe(false);
    expect(rotated.isOutdated(verifier)).toBe(true);
    const replacement = await rotated.hash(digest);
    expect(replacement.secret).toBe('b');
    expect(rotated.isOutdated(replacement)).toBe(false);
    await expect(createHasher(keyringOf('b'), cheap).verify(verifier, digest)).rejects.toThrow(
      new SecretMissing('a'),
    );
  });

  test.each([
    [{ memoryCost: 128, timeCost: 1 }, true],
    [{ memoryCost: 64, timeCost: 2 }, true],
    [{ memoryCost: 64, timeCost: 1, parallelism: 2 }, true],
    [{ memoryCost: 64, timeCost: 1 }, false],
    [{ memoryCost: 32, timeCost: 1 }, false],
  ])('where new verifiers cost %j, calls one of m=64,t=1,p=1 outdated: %j', async (cost, outdated) => {
    const verifier = await hasher.hash(digest);
    const dearer = createHasher(keyringOf('a'), cost);
    expect(dearer.isOutdated(verifier)).toBe(outdated);
    expect(await dearer.verify(verifier, digest)).toBe(true);
  });

  const salt = 'BnRHsjyo9nN8RkOhjYT7Rg';
  const hash = 'N0s9tUYUqbPblxrb3mSjc7QwdczWzkyCVkqK+IxnDnI';
  test.each([
    '',
    'x',
    '$argon2id$',
    digest,
    '$2b$10$abcdefghijklmnopqrstuv',
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$`,
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${hash.slice(0, -5)}`,
    `$argon2id$v=19$m=1,t=2,p=1$${salt}$${hash}`,
    `$argon2i$v=19$m=19456,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=16$m=19456,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=4294967295,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=262145,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=64,t=4294967295,p=1$${salt}$${hash}`,
  ])('blames the store for the verifier %j, without quoting it or computing it', async (phc) => {
    const verifier = { phc, secret: 'a' };
    const error = await hasher.verify(verifier, digest).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreFailed);
    expect(String(error)).toBe('StoreFailed: a password verifier is malformed');
  });

  test('would replace what it cannot read', () => {
    expect(hasher.isOutdated({ phc: 'x', secret: 'a' })).toBe(true);
  });
});

describe.each(hashers)('the hasher, %s, under load', (_, createHasher) => {
  test('refuses past its queue, answers those it took, and then takes more', async () => {
    const busy = createHasher(keyringOf('a'), { ...cheap, concurrency: 2, queue: 3 });
    const verifier = await busy.hash(digest);
    const checks = await Promise.allSettled(Array.from({ length: 9 }, () => busy.verify(verifier, digest)));
    const taken = checks.filter(({ status }) => status === 'fulfilled');
    const refused = checks.flatMap((check) => (check.status === 'rejected' ? [check.reason] : []));
    expect(taken).toHaveLength(5);
    expect(refused).toHaveLength(4);
    expect(refused.every((reason) => reason instanceof HasherBusy)).toBe(true);
    expect(await busy.verify(verifier, digest)).toBe(true);
  });

  test('counts new hashes and checks alike, and recovers from one that failed', async () => {
    const busy = createHasher(keyringOf('a'), { ...cheap, concurrency: 1, queue: 0 });
    const first = busy.hash(digest);
    await expect(busy.hash(digest)).rejects.toBeInstanceOf(HasherBusy);
    const verifier = await first;
    await expect(busy.verify({ ...verifier, phc: 'x' }, digest)).rejects.toBeInstanceOf(StoreFailed);
    expect(await busy.verify(verifier, digest)).toBe(true);
  });
});

test.each([
  ['native', createNativeHasher],
  ['in threads', createThreadedHasher],
])('the hasher, %s, keeps the main thread free', async (_, createHasher) => {
  const hasher = createHasher(keyringOf('a'), { timeCost: 8 });
  await hasher.hash(digest);
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  await hasher.hash(digest);
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(2);
});

test.each([
  { by: 'native', at: 'WebAssembly', makerOf: createNativeHasher, checkerOf: inWebAssembly },
  { by: 'WebAssembly', at: 'native', makerOf: inWebAssembly, checkerOf: createNativeHasher },
])('what the $by hasher made, the $at one checks, under the same pepper alone', async (pair) => {
  const { makerOf, checkerOf } = pair;
  for (const cost of [{}, cheap, { memoryCost: 100, timeCost: 3, parallelism: 3 }]) {
    const verifier = await makerOf(keyringOf('a'), cost).hash(digest);
    const checker = checkerOf(keyringOf('a', 'b'), cost);
    expect(await checker.verify(verifier, digest)).toBe(true);
    expect(await checker.verify(verifier, wrong)).toBe(false);
    expect(await checker.verify({ ...verifier, secret: 'b' }, digest)).toBe(false);
    expect(checker.isOutdated(verifier)).toBe(false);
  }
});
