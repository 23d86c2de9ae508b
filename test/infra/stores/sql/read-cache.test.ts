/** Reads that SQLite need not make again: never older than the last write, whoever made it. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RefusalKey } from '../../../../core/auth/bans.ts';
import type { Session } from '../../../../core/sessions/session.ts';
import type { SessionId } from '../../../../core/sessions/session-string.ts';
import type { OpenStore } from '../../../../infra/stores/open-store.ts';
import { openSqlite } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../../../support/stores.ts';
import { freshAccount } from '../fresh.ts';

const folder = temporaryFolder();
let here: OpenStore;
let there: OpenStore;
let account: ReturnType<typeof freshAccount>;

beforeEach(async () => {
  const path = join(folder, `${crypto.randomUUID()}.sqlite`);
  [here, there] = [openSqlite(path), openSqlite(path)];
  account = freshAccount();
  await here.accounts.add(account);
});
afterEach(() => Promise.all([here.close(), there.close()]));

/** Two stores on one file, as of two processes. */
const writers = [
  ['this process', () => here],
  ['another', () => there],
] as const;

const query = () => ({ account: account.username, sessions: [], refusals: [] });
const generation = async (store = here) => (await store.records.read(query())).account?.generation;
const now = Math.floor(Date.now() / 1000);

/** With an account in it that no test changes; read twice, for the first read is not good for long. */
async function fill(): Promise<void> {
  const other = freshAccount();
  await here.accounts.add(other);
  for (let i = 0; i < 2; i++) await here.records.read({ ...query(), account: other.username });
}

// Nothing is compared with what others wrote before something is in the cache.
describe.each([
  ['an empty cache', async () => {}],
  ['a filled cache', fill],
])('with %s', (_, prepare) => {
  beforeEach(prepare);

  test('a read gives what the one before it gave', async () => {
    await here.records.read(query());
    const records = await here.records.read(query());
    expect((await here.records.read(query())).account).toBe(records.account);
  });

  test.each(writers)('a write of %s is seen at once', async (_, writerOf) => {
    const writer = writerOf();
    expect(await generation()).toBe(account.generation);
    await writer.accounts.endSessions(account.username);
    expect(await generation()).toBe(account.generation + 1);
  });

  test('a write is seen even while it waits for the disk', async () => {
    await generation();
    const writing = here.accounts.endSessions(account.username);
    await new Promise(process.nextTick);
    expect(await generation()).toBe(account.generation + 1);
    await writing;
  });

  test('a read that a write came into is not kept', async () => {
    const reading = generation();
    const writing = here.accounts.endSessions(account.username);
    expect(await reading).toBe(account.generation);
    await writing;
    expect(await generation()).toBe(account.generation + 1);
    await there.accounts.endSessions(account.username);
    const [early, late] = await Promise.all([generation(), generation(there)]);
    expect([early, late]).toEqual([account.generation + 2, account.generation + 2]);
  });

  test('what an operator changes through this process is seen at once, and nothing else is read again', async () => {
    const before = await cachedSession();
    const other = freshAccount();
    await here.admin.accounts.write([{ kind: 'add', account: other }]);
    await here.admin.accounts.allotUserids(1);
    await here.admin.accounts.remove(other.username);
    await here.sweep(0);
    expect(await readSession()).toBe(before);
    const stored = (await here.admin.accounts.read([account.username])).get(account.username);
    const from = stored ?? expect.unreachable();
    await here.admin.accounts.write([{ kind: 'change', from, to: { ...account, caps: 77 } }]);
    expect((await here.records.read(query())).account?.caps).toBe(77);
    await here.admin.accounts.remove(account.username);
    expect((await here.records.read(query())).account).toBeUndefined();
  });

  test('a read that an operator’s change came into is not kept', async () => {
    const [from] = (await here.admin.accounts.read([account.username])).values();
    const to = { ...account, generation: account.generation + 1 };
    const reading = generation();
    const writing = here.admin.accounts.write([{ kind: 'change', from: from ?? expect.unreachable(), to }]);
    expect(await reading).toBe(account.generation);
    expect(await writing).toEqual(['done']);
    expect(await generation()).toBe(to.generation);
  });

  test('what spends a challenge changes no account, and nothing is read again for it', async () => {
    const before = await cachedSession();
    await here.spent.spend(crypto.randomUUID(), now + 60);
    expect(await readSession()).toBe(before);
  });

  const sessionOf = (id: number): Session => ({
    owner: account.username,
    id: id as SessionId,
    digest: 'a'.repeat(64),
    generation: 1,
    term: 'short',
    created: now,
    expires: now + 60,
  });
  const withSessions = (...ids: number[]) => ({ ...query(), sessions: ids as SessionId[] });
  /** A session that is read twice is another object, unlike an account whose row is the same. */
  const readSession = async () => (await here.records.read(withSessions(1))).sessions.get(1 as SessionId);
  const cachedSession = async () => {
    await here.sessions.add(sessionOf(1));
    await readSession();
    return readSession();
  };

  describe('of sessions', () => {
    beforeEach(async () => {
      await here.sessions.add(sessionOf(7));
      await here.records.read(withSessions(7, 8, 9));
    });

    test.each(writers)('those that %s makes and ends are seen at once', async (_, writerOf) => {
      const writer = writerOf();
      await writer.sessions.add(sessionOf(8));
      await writer.sessions.expire(account.username, [7 as SessionId], now + 60);
      const { sessions, ended } = await here.records.read(withSessions(7, 8, 9));
      expect([[...sessions.keys()], [...ended]]).toEqual([[8], [7]]);
    });

    test('the account and the other sessions stay known when one is made or ended', async () => {
      const before = await here.records.read(withSessions(7));
      await here.sessions.add(sessionOf(8));
      await here.sessions.expire(account.username, [8 as SessionId], now + 60);
      const after = await here.records.read(withSessions(7, 8));
      expect(after.account).toBe(before.account);
      expect(after.sessions.get(7 as SessionId)).toBe(before.sessions.get(7 as SessionId));
      expect([...after.ended]).toEqual([8]);
    });

    test('one that ends while it is read is not taken for alive afterwards', async () => {
      await here.sessions.add(sessionOf(8));
      const [, , { ended }] = await Promise.all([
        here.records.read(withSessions(8)),
        here.sessions.expire(account.username, [8 as SessionId], now + 60),
        here.records.read(withSessions(8)),
      ]);
      expect([...ended]).toEqual([8]);
      expect([...(await here.records.read(withSessions(8))).ended]).toEqual([8]);
    });

    test('one that is read while its account is removed is not taken for alive afterwards', async () => {
      await here.sessions.add(sessionOf(8));
      const reading = here.records.read(withSessions(8));
      await here.admin.accounts.remove(account.username);
      expect([...(await reading).sessions.keys()]).toEqual([8]);
      expect((await here.records.read(withSessions(8))).sessions).toEqual(new Map());
    });

    test('those of an account that is removed are forgotten with it, and those of others are not', async () => {
      const other = { ...sessionOf(7), owner: freshAccount().username };
      const withOther = { ...withSessions(7), account: other.owner };
      await here.sessions.add(other);
      const before = (await here.records.read(withOther)).sessions.get(other.id);
      await here.admin.accounts.remove(account.username);
      await here.accounts.add(account);
      expect((await here.records.read(withSessions(7))).sessions.size).toBe(0);
      expect((await here.records.read(withOther)).sessions.get(other.id)).toBe(before);
    });

    test('what is known is looked at again even where nothing is known of the account', async () => {
      await here.accounts.endSessions(account.username);
      await there.sessions.expire(account.username, [7 as SessionId], now + 60);
      expect([...(await here.records.read(withSessions(7))).ended]).toEqual([7]);
    });
  });

  test.each(writers)(
    'a refused log-in that %s counts is seen at once, under its own key alone',
    async (_, writerOf) => {
      const writer = writerOf();
      const keys = [`${account.username}@192.0.2.1`, '@192.0.2.1'] as RefusalKey[];
      const read = async () => (await here.records.read({ ...query(), refusals: keys })).refusals;
      const [key] = keys;
      const before = await read();
      await writer.refused.count(key ? [{ key, dropBefore: 0, keepUntil: now * 1000 + 60_000 }] : [], 7);
      expect([before, await read()]).toEqual([new Map(), new Map([[key, [7]]])]);
    },
  );

  test('accounts are cached by their size: many large ones do not stay', async () => {
    const url = `https://pics.example/${'x'.repeat(200)}`;
    const pictures = Array.from({ length: 1000 }, (_, i) => ({ keyword: `picture ${i}`, url }));
    const large = Array.from({ length: 100 }, () => freshAccount({ pictures }));
    await Promise.all(large.map((each) => here.accounts.add(each)));
    const read = async ({ username }: typeof account) =>
      (await here.records.read({ ...query(), account: username })).account;
    const [first = account] = large;
    await read(first);
    const before = await read(first);
    expect(await read(first)).toBe(before);
    for (const each of large) await read(each);
    expect(await read(first)).not.toBe(before);
  });
});
