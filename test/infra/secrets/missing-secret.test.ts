/** A process that lacks a root secret which a record needs. */
import { describe, expect, test } from 'vitest';
import { parseAccountLine } from '../../../core/accounts/account-line.ts';
import { createAccount } from '../../../core/accounts/create-account.ts';
import { mintChallenge } from '../../../core/auth/challenge.ts';
import { systemRandom } from '../../../infra/clock-and-random.ts';
import { createHasher } from '../../../infra/passwords/argon2.ts';
import { createSealer } from '../../../infra/secrets/sealer.ts';
import type { Keys } from '../../../infra/secrets/secret-keys.ts';
import { watchSecrets } from '../../../infra/secrets/secret-use.ts';
import { openSqliteInMemory } from '../../../infra/stores/sqlite/sqlite-store.ts';
import { testClock, testRandom } from '../../support/ports.ts';
import { type Fields, openSite, right, type Site, wires } from '../../support/site.ts';
import { respond } from '../../support/wire.ts';
import { changeableKeys, keyringOf } from './keyrings.ts';

const cheap = { memoryCost: 64, timeCost: 1 };
const unlocked = (keys: Keys) => ({ hasher: createHasher(keys, cheap), sealer: createSealer(keys) });

/** A site whose account's password and client key are under secret `b`, while the process has `a`. */
async function siteWithout() {
  const line = parseAccountLine({ ...right, clientkeys: [{ name: 'laptop', secret: 'a generated secret' }] });
  if (!line.ok) throw new Error(line.reason);
  const made = { ...unlocked(keyringOf('b')), random: testRandom(), clock: testClock() };
  const account = await createAccount(line.line, made, 3 as never);
  const { keys, put, reads } = changeableKeys(keyringOf('a'));
  return { site: await openSite(account, {}, unlocked(keys)), put, reads };
}

const calls: Readonly<Record<string, (site: Site) => Promise<Fields>>> = {
  'a password': async () => right,
  async 'a challenge'(site) {
    const challenge = (await site.call('flat', 'getchallenge')).value('challenge') ?? '';
    const answer = { auth_challenge: challenge, auth_response: respond(challenge, 'test') };
    return { username: 'test', auth_method: 'challenge', ...answer };
  },
};

describe.each(wires)('over %s', (wire) => {
  test.each(Object.entries(calls))(
    '%s under it is refusal 502, and nobody is banned',
    async (_, fieldsFor) => {
      const { site, put } = await siteWithout();
      const unavailable = /Server error: Database temporarily unavailable$/;
      for (let i = 0; i < 12; i++) {
        expect((await site.call(wire, 'login', await fieldsFor(site))).why).toMatch(unavailable);
      }
      put(keyringOf('a', 'b'));
      expect((await site.call(wire, 'login', await fieldsFor(site))).ok).toBe(true);
    },
  );
});

test('wrong guesses are not answered either, so that they tell nothing', async () => {
  const { site } = await siteWithout();
  const reply = await site.call('flat', 'login', { ...right, password: 'wrong' });
  expect(reply.why).toMatch(/temporarily unavailable/);
});

test('what takes no secret goes on: a client key by clear, and a session', async () => {
  const { site } = await siteWithout();
  const session = await site.session({ password: 'a generated secret' });
  expect(await site.isAlive(session)).toBe(true);
});

test('the source is read again before a call is refused', async () => {
  const { site, put, reads } = await siteWithout();
  put(keyringOf('a', 'b'));
  expect((await site.call('flat', 'login', right)).ok).toBe(true);
  expect(reads()).toBe(1);
});

test('a challenge that another process minted under it is refusal 502, and good once the secret is there', async () => {
  const { keys, put } = changeableKeys(keyringOf('a'));
  const { secretIds } = openSqliteInMemory();
  const watched = (some: Keys) => watchSecrets(some, secretIds, unlocked(some));
  const site = await openSite({}, {}, { challengeKeys: watched(keys).challengeKeys });
  const there = watched(keyringOf('b', 'a')).challengeKeys;
  const now = Math.floor(site.clock.now() / 1000);
  const login = async () => {
    const { challenge } = mintChallenge(there, systemRandom, now, 60, site.ports.spent.epoch);
    const answer = { auth_challenge: challenge, auth_response: respond(challenge, 'test') };
    const reply = await site.call('flat', 'login', { username: 'test', auth_method: 'challenge', ...answer });
    return reply.ok ? 'ok' : reply.why;
  };
  await secretIds.add(['a', 'b']);
  for (let i = 0; i < 12; i++) expect(await login()).toBe('Server error: Database temporarily unavailable');
  put(keyringOf('a', 'b'));
  expect(await login()).toBe('ok');
});
