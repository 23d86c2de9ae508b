/** One suite for every store: each sentence of the contracts in core/ports.ts, races included. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  Account,
  ClientKey,
  ClientKeyId,
  HashedPassword,
  Verifier,
} from '../../../core/accounts/account.ts';
import type { Username } from '../../../core/accounts/username.ts';
import type { RefusalKey } from '../../../core/auth/bans.ts';
import type { Network } from '../../../core/auth/network.ts';
import type { RecordsQuery } from '../../../core/ports.ts';
import { rowLifetime, type Session } from '../../../core/sessions/session.ts';
import type { SessionId } from '../../../core/sessions/session-string.ts';
import type { SessionVia } from '../../../core/sessions/session-via.ts';
import type { OpenStore } from '../../../infra/stores/open-store.ts';
import { describeAdministration } from './administration-conformance.ts';
import { freshAccount, freshName } from './fresh.ts';
import { describeSecretIds } from './secret-ids-conformance.ts';
import { describeTokensAndRefusals } from './tokens-and-refusals-conformance.ts';

/** Rows of a real table must not run out while they are tested. */
const now = Math.floor(Date.now() / 1000);
const day = 24 * 3600;

function sessionOf(owner: Username, id: number, overrides: Partial<Session> = {}): Session {
  return {
    owner,
    id: id as SessionId,
    digest: 'd'.repeat(64),
    generation: 0,
    term: 'short',
    created: now,
    expires: now + day,
    ...overrides,
  };
}

function clientKey(id: string, created: number): ClientKey {
  return {
    id: id as ClientKeyId,
    name: `ключ «${id}» 🔑`,
    digest: 'a'.repeat(64),
    sealed: `sealed ${id}`,
    created,
  };
}

const verifier = (phc: string): Verifier => ({ phc, secret: 'test' });

const full: Partial<Account> = {
  fullname: 'Zoë Ünïcödé — Тест 日本語 🐐',
  status: 'readonly',
  generation: 7,
  upstreamKey: 's1.secret.sealed',
  message: 'строка\nещё строка <&> "\'',
  friendgroups: [
    { id: 30, name: 'Друзья', sortorder: 255, public: true },
    { id: 1, name: '', sortorder: 0, public: false },
  ],
  usejournals: ['test2', 'общество'],
  pictures: [{ keyword: 'grüße, 100 %', url: 'https://pics.example/ü?a=1&b=2' }],
  defaultpicurl: 'https://pics.example/default',
  fastserver: true,
  caps: 65535,
  clientKeys: [
    { ...clientKey('laptop', 10), lastUsed: 20 },
    clientKey('2', 30),
    clientKey('k_3-x', 30),
    clientKey('1', 40),
  ],
};

/** Runs many at once and counts what they answered. */
async function tally(count: number, work: (i: number) => Promise<string>): Promise<Record<string, number>> {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => work(i)));
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1;
  return counts;
}

/**
 * @param open another handle on the same data, as another process would hold it
 * @param sweeps whether `sweep` drops rows, or leaves them to the store's own time-to-live
 * @param reorders whether of two requests at once the later may come first: it does no harm, for an id
 *   is known to nobody before its add is answered
 */
export function describeStore(
  name: string,
  open: () => Promise<OpenStore>,
  { sweeps, reorders = false }: { readonly sweeps: boolean; readonly reorders?: boolean },
): void {
  describe(name, () => {
    let here: OpenStore;
    let there: OpenStore;
    const turn = (i: number) => (i % 2 === 0 ? here : there);

    beforeAll(async () => {
      here = await open();
      await here.prepare();
      there = await open();
    });
    afterAll(() => Promise.all([here.close(), there.close()]));

    function read(account: Username, query: Partial<RecordsQuery> = {}) {
      return there.records.read({ account, sessions: [], refusals: [], ...query });
    }

    async function added(overrides: Partial<Account> = {}): Promise<Account> {
      const account = freshAccount(overrides);
      expect(await here.accounts.add(account)).toBe('added');
      return account;
    }

    describe('records', () => {
      test('of nothing are nothing', async () => {
        const records = await read(freshName(), {
          sessions: [1 as SessionId],
          refusals: ['nobody@192.0.2.1' as RefusalKey],
        });
        expect(records).toEqual({
          account: undefined,
          sessions: new Map(),
          ended: new Set(),
          refusals: new Map(),
        });
      });

      test('are read together, also when one is asked for twice', async () => {
        const account = await added();
        const key = `${account.username}@192.0.2.7` as RefusalKey;
        const session = sessionOf(account.username, 5);
        await here.sessions.add(session);
        await here.refused.count([{ key, dropBefore: 0, keepUntil: (now + day) * 1000 }], now * 1000);
        const records = await read(account.username, {
          sessions: [session.id, session.id],
          refusals: [key, key],
        });
        expect(records.account).toEqual(account);
        expect(records.sessions).toEqual(new Map([[session.id, session]]));
        expect(records.refusals).toEqual(new Map([[key, [now * 1000]]]));
      });

      test('hold the sessions asked for and no others', async () => {
        const [owner, other] = [freshName(), freshName()];
        await here.sessions.add(sessionOf(owner, 1));
        await here.sessions.add(sessionOf(owner, 2));
        await here.sessions.add(sessionOf(other, 3));
        const { sessions } = await read(owner, { sessions: [2, 3, 4] as SessionId[] });
        expect([...sessions.keys()]).toEqual([2]);
      });

      test('may be many', async () => {
        const owner = freshName();
        const ids = Array.from({ length: 120 }, (_, i) => (i + 1) as SessionId);
        await Promise.all(ids.map((id) => here.sessions.add(sessionOf(owner, id))));
        const { sessions } = await read(owner, { sessions: ids });
        expect(sessions.size).toBe(120);
      });

      test('see at once what another handle wrote', async () => {
        const account = await added();
        for (let round = 1; round <= 10; round++) {
          const session = sessionOf(account.username, round);
          await here.sessions.add(session);
          await here.accounts.endSessions(account.username);
          const records = await read(account.username, { sessions: [session.id] });
          expect(records.account?.generation).toBe(round);
          expect(records.sessions.get(session.id)).toEqual(session);
        }
      });
    });

    describe('accounts', () => {
      test.each<[string, Partial<Account>]>([
        ['with everything, in any script', full],
        [
          'whose password takes only its plain form',
          { password: { accepts: 'plainOnly', verifier: verifier('x') } },
        ],
      ])('are read back as they were added: %s', async (_, overrides) => {
        const account = await added(overrides);
        expect((await read(account.username)).account).toEqual(account);
      });

      test('are read back without the password that they do not have', async () => {
        const { password: _, ...account } = freshAccount();
        await here.accounts.add(account);
        expect((await read(account.username)).account).toEqual(account);
      });

      test('keep their names: a second one is refused and changes nothing', async () => {
        const account = await added();
        const second = freshAccount({ username: account.username, fullname: 'Second' });
        expect(await there.accounts.add(second)).toBe('taken');
        expect(await there.accounts.add(account)).toBe('taken');
        expect((await read(account.username)).account).toEqual(account);
      });

      test('added under one name at once: exactly one is, and stays', async () => {
        const username = freshName();
        const added: string[] = [];
        const answers = await tally(50, async (i) => {
          const account = freshAccount({ username, fullname: `contender ${i}` });
          const answer = await turn(i).accounts.add(account);
          if (answer === 'added') added.push(account.fullname);
          return answer;
        });
        expect(answers).toEqual({ added: 1, taken: 49 });
        expect([(await read(username)).account?.fullname]).toEqual(added);
      });

      test('end their sessions by one generation more, and change nothing else', async () => {
        const account = await added(full);
        await here.accounts.endSessions(account.username);
        expect((await read(account.username)).account).toEqual({ ...account, generation: 8 });
      });

      test('ended by many at once lose no generation', async () => {
        const account = await added();
        await tally(40, async (i) => {
          await turn(i).accounts.endSessions(account.username);
          return 'ended';
        });
        expect((await read(account.username)).account?.generation).toBe(40);
      });

      test('that do not exist are not made by ending, rehashing or key use', async () => {
        const username = freshName();
        await here.accounts.endSessions(username);
        await here.accounts.replaceVerifier(username, verifier('a'), verifier('b'));
        await here.accounts.noteKeyUse(username, 'laptop' as ClientKeyId, now);
        expect((await read(username)).account).toBeUndefined();
      });

      test.each<[string, Account['password']]>([
        ['any form', { accepts: 'anyForm', verifier: verifier('old'), sealed: 's' }],
        ['the plain form only', { accepts: 'plainOnly', verifier: verifier('old') }],
      ])('get a new verifier for the old one, where the password takes %s', async (_, password) => {
        const account = await added({ ...full, ...(password && { password }) });
        const replacement = { phc: '$argon2id$ñ"\\', secret: 'next' };
        await here.accounts.replaceVerifier(account.username, verifier('old'), replacement);
        const expected = { ...account, password: { ...password, verifier: replacement } };
        expect((await read(account.username)).account).toEqual(expected);
      });

      test.each<[string, Verifier]>([
        ['another hash', verifier('older')],
        ['another secret', { phc: 'old', secret: 'other' }],
      ])('keep their verifier when the old one has %s: a changed password wins', async (_, old) => {
        const account = await added({ password: { accepts: 'plainOnly', verifier: verifier('old') } });
        await here.accounts.replaceVerifier(account.username, old, verifier('new'));
        expect((await read(account.username)).account).toEqual(account);
      });

      test('without a password get no verifier', async () => {
        const { password: _, ...account } = freshAccount();
        await here.accounts.add(account);
        await here.accounts.replaceVerifier(account.username, verifier('old'), verifier('new'));
        expect((await read(account.username)).account).toEqual(account);
      });

      test('rehashed by many at once keep one of the new verifiers', async () => {
        const account = await added({ password: { accepts: 'plainOnly', verifier: verifier('old') } });
        await tally(20, async (i) => {
          await turn(i).accounts.replaceVerifier(account.username, verifier('old'), verifier(`new ${i}`));
          return 'done';
        });
        const first = (await read(account.username)).account?.password;
        expect(first).toMatchObject({ verifier: { phc: expect.stringMatching(/^new \d+$/) } });
        await here.accounts.replaceVerifier(account.username, verifier('old'), verifier('late'));
        expect((await read(account.username)).account?.password).toEqual(first);
      });

      test('note the use of one client key', async () => {
        const account = await added(full);
        for (const at of [now, now + 1]) {
          await here.accounts.noteKeyUse(account.username, '2' as ClientKeyId, at);
        }
        const clientKeys = account.clientKeys.map((key) =>
          key.id === '2' ? { ...key, lastUsed: now + 1 } : key,
        );
        expect((await read(account.username)).account).toEqual({ ...account, clientKeys });
      });

      test.each(['revoked', 'la"ptop', '#', 'name'])(
        'note no use of a key they do not have: %s',
        async (id) => {
          const account = await added(full);
          await here.accounts.noteKeyUse(account.username, id as ClientKeyId, now);
          expect((await read(account.username)).account).toEqual(account);
        },
      );
    });

    describe('accounts with a bcrypt hash', () => {
      const brought = { accepts: 'plainOnce', bcrypt: '$2a$05$x', becomes: 'anyForm' } as const;
      const hashed: HashedPassword = {
        accepts: 'anyForm',
        verifier: verifier('new'),
        sealed: 's',
        replaced: 'r',
      };

      test('get a hashed password for it', async () => {
        const account = await added({ ...full, password: brought });
        expect((await read(account.username)).account).toEqual(account);
        await here.accounts.replaceBcrypt(account.username, brought, hashed);
        expect((await read(account.username)).account).toEqual({ ...account, password: hashed });
      });

      test.each<[string, Partial<Account>]>([
        ['another hash', { password: { ...brought, bcrypt: '$2a$05$y' } }],
        ['one that becomes another kind of password', { password: { ...brought, becomes: 'plainOnly' } }],
        ['a password of another kind', {}],
      ])('keep what they have when it is %s: a changed password wins', async (_, overrides) => {
        const account = await added(overrides);
        await here.accounts.replaceBcrypt(account.username, brought, hashed);
        await here.accounts.replaceBcrypt(freshName(), brought, hashed);
        expect((await read(account.username)).account).toEqual(account);
      });

      test('get no verifier in place of one', async () => {
        const account = await added({ password: brought });
        await here.accounts.replaceVerifier(account.username, verifier('old'), verifier('new'));
        expect((await read(account.username)).account).toEqual(account);
      });
    });

    describeAdministration(() => [here, there]);
    describeSecretIds(() => [here, there]);
    describeTokensAndRefusals(() => [here, there]);

    describe('sessions', () => {
      const ended = async (owner: Username, ids: readonly SessionId[]) =>
        (await read(owner, { sessions: ids })).sessions.size === 0;

      test.each<[string, Partial<Session>]>([
        ['a plain one', {}],
        ['a long one, bound to a network', { term: 'long', network: '2001:db8:0:1::/64' as Network }],
        ['one that was moved here after it was used', { lastUsed: now - 5 }],
        ['one with an agent', { agent: 'Журнал/1.0 (🐐; "q")', generation: 12 }],
      ])('are read back as they were added: %s', async (_, overrides) => {
        const session = sessionOf(freshName(), 2 ** 31 - 1, overrides);
        expect(await here.sessions.add(session)).toBe('added');
        const { sessions } = await read(session.owner, { sessions: [session.id] });
        expect(sessions.get(session.id)).toEqual(session);
      });

      test('say how they came to be', async () => {
        const owner = freshName();
        const vias: SessionVia[] = [
          { by: 'password', at: now },
          { by: 'clientKey', key: 'laptop' as ClientKeyId },
          { by: 'site' },
        ];
        for (const [i, via] of vias.entries()) {
          const made = sessionOf(owner, 100 + i, { via });
          await here.sessions.add(made);
          const records = await read(made.owner, { sessions: [made.id] });
          expect(records.sessions.get(made.id)).toEqual(made);
        }
      });

      test('of an agent cut inside a character are stored all the same', async () => {
        const session = sessionOf(freshName(), 1, { agent: 'goat \ud83d' });
        expect(await here.sessions.add(session)).toBe('added');
        const { sessions } = await read(session.owner, { sessions: [session.id] });
        expect(sessions.get(session.id)?.agent).toMatch(/^goat .$/);
      });

      test('keep their ids: a second one is refused and changes nothing', async () => {
        const session = sessionOf(freshName(), 9);
        await here.sessions.add(session);
        expect(await there.sessions.add({ ...session, digest: 'e'.repeat(64) })).toBe('taken');
        expect(await there.sessions.add(session)).toBe('taken');
        const { sessions } = await read(session.owner, { sessions: [session.id] });
        expect(sessions.get(session.id)).toEqual(session);
      });

      test('of two accounts may have one id', async () => {
        expect(await here.sessions.add(sessionOf(freshName(), 9))).toBe('added');
        expect(await here.sessions.add(sessionOf(freshName(), 9))).toBe('added');
      });

      test('added under one id at once: exactly one is, and stays', async () => {
        const owner = freshName();
        const winners: string[] = [];
        const answers = await tally(200, async (i) => {
          const session = sessionOf(owner, 77, { digest: String(i).padStart(64, '0') });
          const answer = await turn(i).sessions.add(session);
          if (answer === 'added') winners.push(session.digest);
          return answer;
        });
        expect(answers).toEqual({ added: 1, taken: 199 });
        const { sessions } = await read(owner, { sessions: [77 as SessionId] });
        expect([sessions.get(77 as SessionId)?.digest]).toEqual(winners);
      });

      test('that were expired are gone for every reader at once; the others stay', async () => {
        const [owner, other] = [freshName(), freshName()];
        for (const id of [1, 2, 3]) await here.sessions.add(sessionOf(owner, id));
        await here.sessions.add(sessionOf(other, 1));
        await here.sessions.expire(owner, [1, 3] as SessionId[], now + rowLifetime);
        const left = await read(owner, { sessions: [1, 2, 3] as SessionId[] });
        expect([...left.sessions.keys()]).toEqual([2]);
        expect(await ended(other, [1 as SessionId])).toBe(false);
      });

      test('may be expired 130 at once, named twice, unknown, or ended before', async () => {
        const owner = freshName();
        const ids = Array.from({ length: 130 }, (_, i) => (i + 1) as SessionId);
        await Promise.all(ids.map((id) => here.sessions.add(sessionOf(owner, id))));
        await here.sessions.expire(owner, ids.slice(0, 2), now + rowLifetime);
        const unknown = [1001, 1002] as SessionId[];
        await here.sessions.expire(owner, [...ids, ...unknown, ...ids], now + rowLifetime);
        expect(await ended(owner, ids)).toBe(true);
        expect((await read(owner, { sessions: ids.slice(0, 50) })).ended).toEqual(new Set(ids.slice(0, 50)));
        expect(await tally(130, (i) => turn(i).sessions.add(sessionOf(owner, i + 1)))).toEqual({
          taken: 130,
        });
      });

      test('say when they were last used, but for those that have ended or never were', async () => {
        const owner = freshName();
        const [used, over, unknown] = [1, 2, 3].map((id) => sessionOf(owner, id));
        if (!used || !over || !unknown) throw new Error('three sessions');
        await here.sessions.add(used);
        await here.sessions.add(over);
        await read(owner, { sessions: [used.id] });
        await here.sessions.expire(owner, [over.id], now + rowLifetime);
        for (const { id } of [used, over, unknown]) await here.sessions.noteUse(owner, id, now + 7);
        const { sessions } = await read(owner, { sessions: [used.id, over.id, unknown.id] });
        expect([...sessions.values()]).toEqual([{ ...used, lastUsed: now + 7 }]);
        expect(await here.sessions.add(unknown)).toBe('added');
      });

      test('may be expired none at once', async () => {
        await expect(here.sessions.expire(freshName(), [], now + rowLifetime)).resolves.toBeUndefined();
      });

      test.runIf(!reorders)('expired while they are being added are over once it is done', async () => {
        const owner = freshName();
        await tally(40, async (i) => {
          const id = (i + 1) as SessionId;
          await Promise.all([
            here.sessions.add(sessionOf(owner, id)),
            there.sessions.expire(owner, [id], now + rowLifetime),
          ]);
          return (await ended(owner, [id])) ? 'ended' : 'alive';
        }).then((answers) => expect(answers).toEqual({ ended: 40 }));
      });
    });

    describe('spent challenges', () => {
      test('are spent once, whoever asks again', async () => {
        const nonce = crypto.randomUUID();
        expect(await here.spent.spend(nonce, now + day)).toBe('spent');
        expect(await here.spent.spend(nonce, now + day)).toBe('again');
        expect(await there.spent.spend(nonce, now + day)).toBe('again');
        expect(await there.spent.spend(`${nonce}x`, now + day)).toBe('spent');
      });

      test('spent by 200 at once: exactly one does', async () => {
        const nonce = crypto.randomUUID();
        const spend = (store: OpenStore) => store.spent.spend(nonce, now + day);
        const answers = await tally(200, (i) => spend(turn(i)));
        expect(answers).toEqual({ spent: 1, again: 199 });
      });
    });

    describe('refused log-ins', () => {
      const at = now * 1000 + 123;
      const keepUntil = at + 600_000;
      const freshKey = () => `${freshName()}@2001:db8:0:1::/64` as RefusalKey;
      const times = async (...keys: RefusalKey[]) => {
        const { refusals } = await read(freshName(), { refusals: keys });
        return keys.map((key) => (refusals.get(key) ?? []).toSorted((a, b) => a - b));
      };

      test('are counted under each key, to the millisecond', async () => {
        const [pair, sweep, other] = [freshKey(), freshKey(), freshKey()];
        const entries = [pair, sweep].map((key) => ({ key, dropBefore: 0, keepUntil }));
        await here.refused.count(entries, at);
        await there.refused.count(entries.slice(0, 1), at + 999);
        expect(await times(pair, sweep, other)).toEqual([[at, at + 999], [at], []]);
      });

      test('counting gives all times under each key, those of others included', async () => {
        const [pair, sweep] = [freshKey(), freshKey()];
        const entry = (key: RefusalKey) => ({ key, dropBefore: 0, keepUntil });
        await there.refused.count([entry(pair)], at);
        const counted = await here.refused.count([entry(pair), entry(sweep)], at + 5);
        const sorted = [pair, sweep].map((key) => counted.get(key)?.toSorted((a, b) => a - b));
        expect(sorted).toEqual([[at, at + 5], [at + 5]]);
      });

      test('counted at once, also in one millisecond, are none lost', async () => {
        const keys = [freshKey(), freshKey()];
        const entries = keys.map((key) => ({ key, dropBefore: 0, keepUntil }));
        await tally(100, async (i) => {
          await turn(i).refused.count(entries, at + (i % 3));
          return 'counted';
        });
        const [pair, sweep] = await times(...keys);
        expect(pair).toEqual(Array.from({ length: 100 }, (_, i) => at + (i % 3)).toSorted((a, b) => a - b));
        expect(sweep).toEqual(pair);
      });

      test('that no longer matter may go; those that matter stay', async () => {
        const key = freshKey();
        for (let i = 0; i < 70; i++) {
          await here.refused.count([{ key, dropBefore: at + i - 60, keepUntil }], at + i);
        }
        const [kept = []] = await times(key);
        const mattering = Array.from({ length: 61 }, (_, i) => at + 9 + i);
        expect(kept).toEqual(expect.arrayContaining(mattering));
        expect(kept.length).toBeLessThan(70);
      });

      test('may be counted under no key', async () => {
        expect(await here.refused.count([], at)).toEqual(new Map());
      });
    });

    describe('a sweep', () => {
      test('keeps what has not run out', async () => {
        const account = await added();
        const [nonce, key] = [crypto.randomUUID(), `${account.username}@192.0.2.1` as RefusalKey];
        const ids = [1, 2] as SessionId[];
        for (const id of ids)
          await here.sessions.add(sessionOf(account.username, id, { expires: now - day }));
        await here.sessions.expire(account.username, [2 as SessionId], now + 60);
        await here.spent.spend(nonce, now + 60);
        await here.refused.count([{ key, dropBefore: 0, keepUntil: (now + 60) * 1000 }], now * 1000);
        await there.sweep(now * 1000);
        const records = await read(account.username, { sessions: ids, refusals: [key] });
        expect(records.account).toEqual(account);
        expect([...records.sessions.keys()]).toEqual([1]);
        expect(records.refusals.get(key)).toEqual([now * 1000]);
        expect(await here.spent.spend(nonce, now + 60)).toBe('again');
        expect(await here.sessions.add(sessionOf(account.username, 2))).toBe('taken');
      });

      test.runIf(sweeps)('drops what has', async () => {
        const owner = freshName();
        const [nonce, key] = [crypto.randomUUID(), `${owner}@192.0.2.1` as RefusalKey];
        const late = (now + 100 * day) * 1000;
        for (const id of [1, 2]) await here.sessions.add(sessionOf(owner, id));
        await here.sessions.expire(owner, [2 as SessionId], now + 60);
        await here.spent.spend(nonce, now + 60);
        await here.refused.count([{ key, dropBefore: 0, keepUntil: (now + 60) * 1000 }], now * 1000);
        await there.sweep(late);
        expect((await read(owner, { refusals: [key] })).refusals.size).toBe(0);
        expect(await here.spent.spend(nonce, now + 60)).toBe('spent');
        for (const id of [1, 2]) expect(await here.sessions.add(sessionOf(owner, id))).toBe('added');
      });
    });
  });
}
