/** Races through the whole gateway, on every real store: many calls at once have one outcome. */
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { UserId } from '../../core/accounts/account.ts';
import { defaultBans, type RefusalKey } from '../../core/auth/bans.ts';
import type { PasswordHasher } from '../../core/ports.ts';
import type { OpenStore } from '../../infra/stores/open-store.ts';
import { chooser } from '../core/random.ts';
import { times } from '../support/effort.ts';
import { testHasher, testRandom } from '../support/ports.ts';
import { freshFolder, type Ljgate, startLjgate } from '../support/server.ts';
import { type Extras, named, right, type Site, type Wire, wires, wrong } from '../support/site.ts';
import { tally } from '../support/tally.ts';
import { respond, type WireReply } from '../support/wire.ts';
import { type CallHistory, createHistory } from './call-history.ts';
import { type Caller, type CheckedClient, callerOf, codeOf, createCheckedClient } from './checked-clients.ts';
import { addresses, openGateways } from './gateways.ts';
import { realStores } from './real-stores.ts';

vi.setConfig({ testTimeout: times(180_000, 3_600_000) });

const crowd = 200;
const rounds = times(1, 50);
const timeLimit = 120_000;

/** `crowd` calls at once, in turns over the callers and the wires. */
function burst(callers: readonly Caller[], call: (by: Caller, wire: Wire, n: number) => Promise<WireReply>) {
  const at = <T>(list: readonly T[], n: number) => list[n % list.length] ?? list[0];
  return Promise.all(
    Array.from({ length: crowd }, (_, n) => {
      const by = at(callers, n);
      const wire = at(wires, Math.floor(n / callers.length));
      if (!by || !wire) throw new Error('nobody to call');
      return call(by, wire, n);
    }),
  );
}

/** How many of each: 0 stands for success. */
function counted(replies: readonly WireReply[]): Record<number, number> {
  const codes = Object.groupBy(replies.map(codeOf), (code) => code);
  return Object.fromEntries(Object.entries(codes).map(([code, list = []]) => [code, list.length]));
}

/** One challenge for all; how many of each came of it. */
async function oneChallengeFrom(callers: readonly [Caller, ...Caller[]], method: string, from: Extras = {}) {
  const challenge = (await callers[0]('flat', 'getchallenge')).value('challenge') ?? '';
  const fields = {
    username: 'test',
    auth_method: 'challenge',
    auth_challenge: challenge,
    auth_response: respond(challenge, 'test'),
  };
  return counted(await burst(callers, (call, wire) => call(wire, method, fields, from)));
}

async function oneChallenge(callers: readonly [Caller, ...Caller[]], method: string) {
  expect(await oneChallengeFrom(callers, method)).toEqual({ 0: 1, 101: crowd - 1 });
}

const one: Extras = { address: '192.0.2.1' };
const other: Extras = { address: '198.51.100.1' };

/** Gateways with the default bans, the passwords that each looked at, and the refusals that are counted for `one`. */
async function underGuard(count: number, open: () => Promise<OpenStore>) {
  const hashers = Array.from({ length: count }, () => {
    const fake = testHasher();
    const hasher: PasswordHasher & { verified: number } = {
      ...fake,
      verified: 0,
      verify(...check) {
        hasher.verified++;
        return fake.verify(...check);
      },
    };
    return hasher;
  });
  const overrides = (n: number) => ({ hasher: hashers[n] ?? testHasher() });
  const sites = await openGateways(count, open, { bans: defaultBans, overrides });
  const key = 'test@192.0.2.1' as RefusalKey;
  const ban = async () => {
    const { refusals } = await (await open()).records.read({
      account: named('test'),
      sessions: [],
      refusals: [key],
    });
    return refusals.get(key)?.length;
  };
  return { sites, hashers, ban };
}

async function manySessions(callers: readonly [Caller, ...Caller[]]) {
  const history = createHistory();
  const began = history.tick();
  const replies = await burst(callers, (call, wire) => call(wire, 'sessiongenerate', right));
  expect(counted(replies)).toEqual({ 0: crowd });
  const sessions = replies.map((reply) => reply.value('ljsession') ?? '');
  for (const session of sessions) history.made(session, began);
  expect(new Set(sessions.map((session) => session.split(':')[2])).size).toBe(crowd);
  const [client] = clientsOf(callers, history);
  await Promise.all(sessions.map((session) => client.verify(session)));
  expect(history.violations).toEqual([]);
  return crowd;
}

function clientsOf(
  [first, ...others]: readonly [Caller, ...Caller[]],
  history: CallHistory,
): [CheckedClient, ...CheckedClient[]] {
  const address = addresses();
  const client = (call: Caller, n: number) =>
    createCheckedClient(call, history, { wire: wires[n % 2] ?? 'flat', address, timeLimit });
  return [client(first, 0), ...others.map((call, n) => client(call, n + 1))];
}

/**
 * Sessions are made and checked without a pause while two expirealls are answered. The history tells
 * for each check whether the session must, may or must not have been dead. Gives the calls made.
 */
async function expirealls(callers: readonly [Caller, ...Caller[]], seed: string): Promise<number> {
  const history = createHistory();
  const all = clientsOf(callers, history);
  const [client] = all;
  const random = chooser(seed);
  const outcomes: string[] = [];
  const makers = Array.from({ length: 20 }, async () => {
    for (let i = 0; i < 5; i++) outcomes.push(await random.one(all).generate('test'));
  });
  const checkers = Array.from({ length: 20 }, async () => {
    for (let i = 0; i < 5; i++) {
      const known = history.sessions();
      const session = known[random.below(known.length)];
      await (session === undefined ? random.one(all).generate('test') : random.one(all).verify(session));
    }
  });
  const enders = [30, 70].map(async (made) => {
    await expect
      .poll(() => history.sessions().length, { interval: 1, timeout: timeLimit })
      .toBeGreaterThan(made);
    outcomes.push(await random.one(all).expire('test', 'all'));
    for (const session of history.sessions().slice(0, 10))
      outcomes.push(await random.one(all).verify(session));
  });
  await Promise.all([...makers, ...checkers, ...enders]);
  await client.generate('test');
  await Promise.all(history.sessions().map((session) => client.verify(session)));
  expect(history.violations).toEqual([]);
  expect(outcomes).toContain('refused');
  expect(outcomes).not.toContain('unknown');
  return 202;
}

const callersOf = ([first, ...others]: readonly [Site, ...Site[]]): [Caller, ...Caller[]] => [
  first.call,
  ...others.map(({ call }) => call),
];

describe.each(await realStores())('$name', ({ fresh }) => {
  /** Skips by name where the store is missing. */
  const race = test.skipIf(fresh === undefined);
  const open = () => (fresh ?? expect.unreachable)();

  describe('two gateways', () => {
    describe('one challenge used 200 times at once lets exactly one call in', () => {
      for (const method of ['login', 'sessiongenerate', 'sessionexpire']) {
        race(method, async ({ task }) => {
          const callers = callersOf(await openGateways(2, await open()));
          for (let i = 0; i < rounds; i++) await oneChallenge(callers, method);
          tally(task, 'races', rounds * crowd);
        });
      }
    });

    race('200 sessions made at once have 200 ids, and each holds', async ({ task }) => {
      const callers = callersOf(await openGateways(2, await open()));
      for (let i = 0; i < rounds; i++) await manySessions(callers);
      tally(task, 'races', rounds * crowd);
    });

    race('also when both pick the same ids', async ({ task }) => {
      const overrides = () => ({ random: testRandom('the same for both') });
      const callers = callersOf(await openGateways(2, await open(), { overrides }));
      for (let i = 0; i < rounds; i++) await manySessions(callers);
      tally(task, 'races', rounds * crowd);
    });

    race('no session older than an expireall survives its answer', async ({ task }) => {
      const handles = await open();
      for (let i = 0; i < times(2, 200); i++) {
        const sites = await openGateways(2, handles);
        tally(task, 'races', await expirealls(callersOf(sites), `${i}`));
      }
    });
  });

  describe('login bans', () => {
    race(
      'of 200 guesses at once at one gateway five are looked at, and all five counted',
      async ({ task }) => {
        const { sites, hashers, ban } = await underGuard(1, await open());
        const replies = await burst(callersOf(sites), (call, wire) => call(wire, 'login', wrong, one));
        expect(counted(replies)).toEqual({ 101: 5, 402: crowd - 5 });
        expect(hashers.map(({ verified }) => verified)).toEqual([5]);
        expect(await ban()).toBe(5);
        tally(task, 'races', crowd);
      },
    );

    // Between processes a ban holds from the first read after it: each looks at no more than five.
    race(
      'at four gateways five get an answer, each gateway checks five at most, and all are counted',
      async ({ task }) => {
        const { sites, hashers, ban } = await underGuard(4, await open());
        const replies = await burst(callersOf(sites), (call, wire) => call(wire, 'login', wrong, one));
        expect(counted(replies)).toEqual({ 101: 5, 402: crowd - 5 });
        expect(Math.max(...hashers.map(({ verified }) => verified))).toBeLessThanOrEqual(5);
        expect(await ban()).toBe(hashers.reduce((sum, { verified }) => sum + verified, 0));

        const after = await burst(callersOf(sites), (call, wire) => call(wire, 'login', right, one));
        expect(counted(after)).toEqual({ 402: crowd });
        const elsewhere = await burst(callersOf(sites), (call, wire) => call(wire, 'login', right, other));
        expect(counted(elsewhere)).toEqual({ 0: crowd });
        for (const { clock } of sites) clock.advance(600_000);
        expect((await sites[0].call('flat', 'login', right, one)).ok).toBe(true);
        tally(task, 'races', 3 * crowd);
      },
    );

    race(
      'of 200 accounts guessed at from one address a hundred get an answer, and the rest are banned',
      async ({ task }) => {
        const { sites } = await underGuard(1, await open());
        const names = Array.from({ length: crowd }, (_, n) => `swept_${n}`);
        for (const [n, name] of names.entries()) {
          await sites[0].add({ username: named(name), userid: (100 + n) as UserId });
        }
        const replies = await burst(callersOf(sites), (call, wire, n) =>
          call(wire, 'login', { ...wrong, username: names[n] ?? '' }, one),
        );
        expect(counted(replies)).toEqual({ 101: 100, 402: crowd - 100 });
        tally(task, 'races', crowd);
      },
    );

    race(
      'count for a challenge used 200 times from one address, whose one winner they may ban',
      async ({ task }) => {
        const { sites } = await underGuard(2, await open());
        const codes = await oneChallengeFrom(callersOf(sites), 'login', one);
        const { 0: winners = 0, 101: refused = 0 } = codes;
        expect(winners).toBeLessThanOrEqual(1);
        expect(refused).toBe(5);
        tally(task, 'races', crowd);
      },
    );
  });
});

/**
 * Two processes that both write without a pause may keep one another waiting past SQLite's timeLimit, and
 * refuse with 502; then a client tries again.
 */
function patient(call: Caller): Caller {
  return async (...args) => {
    for (;;) {
      const reply = await call(...args);
      if (codeOf(reply) !== 502) return reply;
    }
  };
}

describe('SQLite, two servers on one file', () => {
  const running: Ljgate[] = [];
  afterAll(() => Promise.all(running.map((server) => server.stop())));
  const callers = async (): Promise<[Caller, Caller]> => {
    if (running.length === 0) {
      const store = `sqlite:${join(await freshFolder(), 'lj.sqlite')}`;
      for (let i = 0; i < 2; i++)
        running.push(await startLjgate('--demo', '--store', store, '--login-ban', 'off'));
      // Their first check of the password takes its time; later ones are cached.
      for (const { url } of running) expect((await callerOf(url)('flat', 'login', right)).ok).toBe(true);
    }
    const [first, second] = running.map(({ url }) => patient(callerOf(url)));
    return first && second ? [first, second] : expect.unreachable();
  };

  test('one challenge used 200 times at once lets exactly one call in', async ({ task }) => {
    for (let i = 0; i < rounds; i++) await oneChallenge(await callers(), 'login');
    tally(task, 'races', rounds * crowd);
  });

  test('200 sessions made at once have 200 ids, and each holds', async ({ task }) => {
    for (let i = 0; i < rounds; i++) await manySessions(await callers());
    tally(task, 'races', rounds * crowd);
  });

  test('no session older than an expireall survives its answer', async ({ task }) => {
    for (let i = 0; i < times(1, 100); i++) {
      tally(task, 'races', await expirealls(await callers(), `server ${i}`));
    }
  });
});
