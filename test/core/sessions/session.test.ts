import { describe, expect, test } from 'vitest';
import type { Account, Status } from '../../../core/accounts/account.ts';
import type { Username } from '../../../core/accounts/username.ts';
import { networkOf } from '../../../core/auth/network.ts';
import { mintAuth } from '../../../core/sessions/create-session.ts';
import { lifetimes, rowLifetime, type Session, sessionStatus } from '../../../core/sessions/session.ts';
import { mayBeAlive, pickSessionId } from '../../../core/sessions/session-id.ts';
import {
  authDigest,
  parseSession,
  parseSessionId,
  type SessionId,
  sessionText,
} from '../../../core/sessions/session-string.ts';
import { testAccount, testRandom } from '../../support/ports.ts';
import { chooser } from '../random.ts';

const start = 1_800_000_000;
const day = 24 * 3600;

/** Randomness that comes out as one 32-bit number. */
const fixed = (number: number) => ({
  bytes: () => Uint8Array.from([24, 16, 8, 0], (shift) => (number >>> shift) & 255),
});

describe('session ids', () => {
  test('are never picked again once a store may have forgotten them', () => {
    const { below } = chooser('ids');
    const random = testRandom('ids');
    const takenUntil = new Map<SessionId, number>();
    let collisions = 0;
    let now = start;
    for (; now < start + 5 * day; now += 1 + below(60)) {
      const id = pickSessionId(random, now);
      const until = takenUntil.get(id) ?? 0;
      if (until > now) collisions++;
      else expect(until, `${id} at ${now}`).toBe(0);
      // The shortest that a row can live: its session was expired the moment it was made.
      takenUntil.set(id, until > now ? until : now + rowLifetime);
    }
    const forgotten = [...takenUntil.values()].filter((until) => until <= now);
    expect(Math.min(collisions, forgotten.length)).toBeGreaterThan(100);
  });

  test.each([0, 43_199, 43_200, 2 ** 31, 2 ** 32 - 1])(
    'are in range and recognised for as long as they can be alive, whatever the dice say (%i)',
    (dice) => {
      for (const now of [start, Date.UTC(2026, 0) / 1000, Date.UTC(2055, 0) / 1000]) {
        const id = pickSessionId(fixed(dice), now);
        expect(parseSessionId(String(id))).toBe(id);
        const back = pickSessionId(fixed(0), now) - id;
        expect(back, 'within the last 12 hours').toBe(dice % 43_200);
        for (const later of [0, 1, lifetimes.short, lifetimes.long]) {
          expect(mayBeAlive(id, now + later)).toBe(true);
        }
        expect(mayBeAlive(id, now - 3600), 'a process whose clock is behind').toBe(true);
        expect(mayBeAlive(id, now + lifetimes.long + 2 * day)).toBe(false);
        expect(mayBeAlive(id, now - 2 * day)).toBe(false);
      }
    },
  );

  test.each([1, 124, 4_294_967, 999_999_999])('%i was made up by a client', (id) => {
    expect(mayBeAlive(id as SessionId, start)).toBe(false);
  });

  test.each([
    ['124', 124],
    ['s124', 124],
    [' 124\n', 124],
    ['00124', 124],
    ['2147483647', 2 ** 31 - 1],
    ['2147483648', undefined],
    ['99999999999', undefined],
    ['0', undefined],
    ['s0', undefined],
    ['', undefined],
    ['s', undefined],
    ['ss124', undefined],
    ['S124', undefined],
    ['-124', undefined],
    ['+124', undefined],
    ['1.0', undefined],
    ['1e3', undefined],
    ['0x7c', undefined],
    ['124 125', undefined],
    ['\u0661', undefined],
  ])('%j is read as %j', (text, id) => {
    expect(parseSessionId(text)).toBe(id);
  });
});

test('when many ids in a row were taken, the upper half has one, and it can be expired', () => {
  const random = testRandom('crowded');
  const ids = Array.from({ length: 1000 }, () => pickSessionId(random, start, 20));
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) {
    expect(id).toBeGreaterThanOrEqual(2 ** 30);
    expect(parseSessionId(String(id))).toBe(id);
    expect(mayBeAlive(id, start)).toBe(true);
  }
});

describe('the text of a session', () => {
  test('is read back as it was written', () => {
    const random = testRandom();
    for (const name of ['test', '_', '12345', 'x'.repeat(25)]) {
      const claim = {
        owner: name as Username,
        id: pickSessionId(random, start),
        auth: mintAuth(random),
      };
      expect(sessionText(claim)).toMatch(/^ws:[a-z0-9_]+:\d+:[a-z2-7]{32}$/);
      expect(parseSession(sessionText(claim))).toEqual(claim);
    }
  });

  test('names its owner in any spelling', () => {
    expect(parseSession('ws:My-Name:1:abc')?.owner).toBe('my_name');
  });

  test.each([
    '',
    'ws',
    'ws:test:1',
    'ws:test:1:',
    'ws:test:1:abc:def',
    'ws:test:s1:abc',
    'ws:test:1x:abc',
    'ws:test: 1:abc',
    'ws:test:0:abc',
    'ws:test:2147483648:abc',
    'ws::1:abc',
    'ws:a b:1:abc',
    'WS:test:1:abc',
    'xx:test:1:abc',
    'ws:test:1:ab-c',
    'ws:test:1:abc\n',
    `ws:test:1:${'a'.repeat(65)}`,
  ])('%j is none', (text) => {
    expect(parseSession(text)).toBeUndefined();
  });
});

describe('the status of a claim', () => {
  const home = networkOf('192.0.2.1');
  const id = 5 as SessionId;
  const owner = 'test' as Username;
  const session: Session = {
    owner,
    id,
    digest: authDigest('secret'),
    generation: 4,
    term: 'short',
    created: start,
    expires: start + 100,
  };
  const statusOf = (
    changed: Partial<Session>,
    account: Partial<Account> = {},
    now = start,
    auth = 'secret',
  ) =>
    sessionStatus(
      { owner, id, auth },
      { ...session, ...changed },
      testAccount({ generation: 4, ...account }),
      home,
      now,
    );

  test.each<[string, string, Partial<Session>, Partial<Account>, number]>([
    ['valid', 'fresh', {}, {}, start],
    ['valid', 'in its last second', {}, {}, start + 99],
    ['expired', 'past its time', {}, {}, start + 100],
    ['expired', 'of an earlier generation', { generation: 3 }, {}, start],
    ['expired', 'of a generation yet to come', { generation: 5 }, {}, start],
    ['valid', 'bound to the network it comes from', { network: home }, {}, start],
    ['expired', 'bound to another network', { network: networkOf('192.0.2.2') }, {}, start],
    ['unknown', "somebody else's", { owner: 'other' as Username }, {}, start],
    ['unknown', 'with another digest', { digest: authDigest('other') }, {}, start],
  ])('%s: a session %s', (expected, _, changed, account, now) => {
    expect(statusOf(changed, account, now)).toBe(expected);
  });

  test('unknown: a session that no store has, or a wrong AUTH part even of one that is over', () => {
    expect(sessionStatus({ owner, id, auth: 'secret' }, undefined, testAccount(), home, start)).toBe(
      'unknown',
    );
    expect(statusOf({}, {}, start, 'Secret')).toBe('unknown');
    expect(statusOf({}, {}, start + 100, 'Secret')).toBe('unknown');
  });

  test.each<[Status, string]>([
    ['active', 'valid'],
    ['readonly', 'valid'],
    ['deleted', 'valid'],
    ['locked', 'expired'],
    ['suspended', 'expired'],
    ['memorial', 'expired'],
    ['expunged', 'expired'],
  ])('of an account that is %s it %s', (status, expected) => {
    expect(statusOf({}, { status })).toBe(expected);
  });
});
