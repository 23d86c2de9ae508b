import { describe, expect, test } from 'vitest';
import type { Verifier } from '../../../core/accounts/account.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import { HasherBusy, SecretMissing } from '../../../core/failures.ts';
import { createHasher } from '../../../infra/passwords/argon2.ts';
import type { HasherOptions } from '../../../infra/passwords/hasher.ts';
import {
  type CheckAnswered,
  cacheVerifications,
  type VerificationCacheOptions,
} from '../../../infra/passwords/verification-cache.ts';
import { testClock } from '../../support/ports.ts';
import { keyringOf } from '../secrets/keyrings.ts';

const digest = md5Hex('test');
const wrong = md5Hex('guess');
const minute = 60_000;

function remembering(options: VerificationCacheOptions = {}, cost: HasherOptions = {}) {
  const clock = testClock();
  const answers: CheckAnswered[] = [];
  const inner = createHasher(keyringOf('a'), { memoryCost: 64, timeCost: 1, ...cost });
  const hasher = cacheVerifications(inner, {
    now: clock.now,
    onCheck: (how) => answers.push(how),
    ...options,
  });
  /** How each of these checks, one after another, was answered. */
  const answered = async (...checks: readonly (readonly [Verifier, typeof digest])[]) => {
    answers.length = 0;
    for (const [verifier, shown] of checks) await hasher.verify(verifier, shown);
    return [...answers];
  };
  return { clock, hasher, answers, answered };
}

describe('the memory of password checks', () => {
  test('answers a check that held before without another hash', async () => {
    const { hasher, answered } = remembering();
    const verifier = await hasher.hash(digest);
    expect(await answered([verifier, digest], [verifier, digest])).toEqual(['computed', 'remembered']);
    expect(await hasher.verify(verifier, digest)).toBe(true);
  });

  test('never remembers a check that failed', async () => {
    const { hasher, answered } = remembering();
    const verifier = await hasher.hash(digest);
    expect(await answered([verifier, wrong], [verifier, wrong])).toEqual(['computed', 'computed']);
    expect(await hasher.verify(verifier, wrong)).toBe(false);
  });

  test('is of one verifier and one password only', async () => {
    const { hasher, answered } = remembering();
    const [verifier, changed] = [await hasher.hash(digest), await hasher.hash(digest)];
    await hasher.verify(verifier, digest);
    expect(await answered([verifier, wrong], [changed, digest])).toEqual(['computed', 'computed']);
    expect(await hasher.verify(verifier, wrong)).toBe(false);
    await expect(hasher.verify({ ...verifier, secret: 'b' }, digest)).rejects.toThrow(SecretMissing);
  });

  test('ends after its minutes, however often it was used meanwhile', async () => {
    const { clock, hasher, answered } = remembering({ minutes: 5 });
    const verifier = await hasher.hash(digest);
    await hasher.verify(verifier, digest);
    for (let passed = 1; passed <= 4; passed++) {
      clock.advance(minute);
      expect(await answered([verifier, digest])).toEqual(['remembered']);
    }
    clock.advance(minute + 1);
    expect(await answered([verifier, digest])).toEqual(['computed']);
  });

  test('is bounded: the least used gives way', async () => {
    const { hasher, answered } = remembering({ entries: 2 });
    const [a, b, c] = [await hasher.hash(digest), await hasher.hash(digest), await hasher.hash(digest)];
    expect(await answered([a, digest], [b, digest], [a, digest], [c, digest])).toEqual([
      'computed',
      'computed',
      'remembered',
      'computed',
    ]);
    expect(await answered([a, digest], [c, digest], [b, digest])).toEqual([
      'remembered',
      'remembered',
      'computed',
    ]);
  });

  test('of 0 minutes is none', async () => {
    const { hasher, answered } = remembering({ minutes: 0 });
    const verifier = await hasher.hash(digest);
    expect(await answered([verifier, digest], [verifier, digest])).toEqual([]);
  });

  test.each([
    ['right', digest, true],
    ['wrong', wrong, false],
  ])('lets checks of the same %s password at once share one hash', async (_, shown, holds) => {
    const { hasher, answers } = remembering({}, { concurrency: 1, queue: 0 });
    const verifier = await hasher.hash(digest);
    const checks = await Promise.all(Array.from({ length: 10 }, () => hasher.verify(verifier, shown)));
    expect(new Set(checks)).toEqual(new Set([holds]));
    expect(answers.filter((how) => how === 'computed')).toHaveLength(1);
    expect(answers.filter((how) => how === 'shared')).toHaveLength(9);
  });

  test('takes a busy hasher for no answer: the next check is made', async () => {
    const { hasher } = remembering({}, { concurrency: 1, queue: 0 });
    const verifier = await hasher.hash(digest);
    const other = hasher.hash(digest);
    const refused = [hasher.verify(verifier, digest), hasher.verify(verifier, digest)];
    for (const check of refused) await expect(check).rejects.toBeInstanceOf(HasherBusy);
    await other;
    expect(await hasher.verify(verifier, digest)).toBe(true);
  });
});
