import { describe, expect, test } from 'vitest';
import { mintChallenge, missingSecretOf, readChallenge } from '../../../core/auth/challenge.ts';
import { macHex } from '../../../core/auth/digest.ts';
import type { ChallengeKeys } from '../../../core/ports.ts';
import { testRandom } from '../../support/ports.ts';

const now = 1_800_000_000;

/** Keys by their ids; the last one mints. */
function keysOf(...ids: readonly string[]): ChallengeKeys {
  const key = (id: string) => new Uint8Array(32).fill(id.charCodeAt(0));
  const newest = ids.at(-1) ?? '';
  return {
    current: () => ({ id: newest, key: key(newest) }),
    byId: (id) => (ids.includes(id) ? key(id) : undefined),
    find: async () => 'unknown',
  };
}

const keys = keysOf('a');
const mint = (by = keys) => mintChallenge(by, testRandom(), now, 60);

test('a challenge says when it was made and when it ends', () => {
  expect(mint()).toEqual({
    challenge: expect.stringMatching(/^c0:1800000060:a:[a-z2-7]{20}:[0-9a-f]{32}$/),
    authScheme: 'c0',
    expireTime: now + 60,
    serverTime: now,
  });
});

describe('the secret that is missing for a challenge', () => {
  const { challenge } = mint(keysOf('b'));
  const finding = (outcome: 'found' | 'missing' | 'unknown'): ChallengeKeys => ({
    ...keysOf('a'),
    find: async () => outcome,
  });

  test('is the one that other processes use and this one lacks', async () => {
    expect(await missingSecretOf(finding('missing'), challenge)).toBe('b');
  });

  test('is none where it is found, or where nobody uses it', async () => {
    expect(await missingSecretOf(finding('found'), challenge)).toBeUndefined();
    expect(await missingSecretOf(finding('unknown'), challenge)).toBeUndefined();
  });

  test('is not asked for where it is known, or where the text is no challenge', async () => {
    const asked = { ...keysOf('a', 'b'), find: () => Promise.reject(new Error('asked')) };
    for (const text of [challenge, '', 'c0:1:b:x:y', `${challenge}x`, `x${challenge}`]) {
      expect(await missingSecretOf(asked, text)).toBeUndefined();
    }
  });
});

test('no two challenges are the same', () => {
  const random = testRandom();
  const minted = Array.from({ length: 100 }, () => mintChallenge(keys, random, now, 60).challenge);
  expect(new Set(minted).size).toBe(100);
});

test.each([
  [-3600, 'fresh'],
  [0, 'fresh'],
  [59, 'fresh'],
  [60, 'expired'],
  [10 ** 9, 'expired'],
])('after %i seconds it is %s', (seconds, kind) => {
  expect(readChallenge(keys, mint().challenge, now + seconds).kind).toBe(kind);
});

test('a fresh one is known by its nonce', () => {
  const { challenge } = mint();
  const nonce = challenge.split(':')[3];
  expect(readChallenge(keys, challenge, now)).toEqual({ kind: 'fresh', nonce, expires: now + 60 });
});

describe('where the store has an epoch', () => {
  const { challenge } = mintChallenge(keys, testRandom(), now, 60, 'epochone');

  test('a challenge names it under its seal', () => {
    expect(challenge).toMatch(/^c0:1800000060:a:[a-z2-7]{20}:epochone:[0-9a-f]{32}$/);
    expect(readChallenge(keys, challenge, now, 'epochone').kind).toBe('fresh');
    const other = challenge.replace('epochone', 'epochtwo');
    expect(readChallenge(keys, other, now, 'epochtwo').kind).toBe('forged');
  });

  test.each([
    ['of another epoch', challenge, 'epochtwo'],
    ['of an epoch where the store has none', challenge, undefined],
    ['of none where it has one', mint().challenge, 'epochone'],
  ])('one %s is past its time', (_, text, epoch) => {
    expect(readChallenge(keys, text, now, epoch).kind).toBe('expired');
  });
});

describe('when keys are rotated', () => {
  test('a challenge sealed with an older key that is still valid is read', () => {
    const { challenge } = mint(keysOf('a'));
    expect(readChallenge(keysOf('a', 'b'), challenge, now).kind).toBe('fresh');
  });

  test('a process that has not heard of the newest key yet calls it forged', () => {
    const { challenge } = mint(keysOf('a', 'b'));
    expect(readChallenge(keysOf('a'), challenge, now).kind).toBe('forged');
  });

  test('with a retired key it is forged, not expired, at any time', () => {
    const { challenge } = mint(keysOf('a', 'b'));
    for (const at of [now, now + 60]) expect(readChallenge(keysOf('c'), challenge, at).kind).toBe('forged');
  });

  test('a challenge relabelled with the id of another valid key is forged', () => {
    const { challenge } = mint(keysOf('a'));
    expect(readChallenge(keysOf('a', 'b'), challenge.replace(':a:', ':b:'), now).kind).toBe('forged');
  });
});

describe('forged is', () => {
  const { challenge } = mint();
  const sealed = (head: string) => `${head}:${macHex(keys.current().key, head)}`;
  const nonce = 'a'.repeat(20);

  test.each([
    '',
    'c0',
    'c0::::',
    challenge.toUpperCase(),
    ` ${challenge}`,
    `${challenge}\n`,
    `${challenge}:`,
    challenge.slice(0, -1),
    challenge.replace('1800000060', '1800000061'),
    challenge.replace('1800000060', '01800000060'),
    sealed(`c1:${now + 60}:a:${nonce}`),
    sealed(`c0:-1:a:${nonce}`),
    sealed(`c0:1e12:a:${nonce}`),
    sealed(`c0:${now + 60}::${nonce}`),
    sealed(`c0:${now + 60}:constructor:${nonce}`),
    sealed(`c0:${now + 60}:a:${nonce}a`),
    'c0:1073113200:2831:60:2TCbFBYR72f2jhVDuowz:0fba728f5964ea54160a5b18317d92df',
    'x'.repeat(100_000),
  ])('%#', (text) => {
    expect(readChallenge(keys, text, now)).toEqual({ kind: 'forged' });
  });
});
