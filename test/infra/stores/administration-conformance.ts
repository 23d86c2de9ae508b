/** The part of the store suite that is about core/accounts/administration.ts, races included. */
import { describe, expect, test } from 'vitest';
import type { Account, UserId } from '../../../core/accounts/account.ts';
import type { PageCursor, StoredAccount, WriteOutcome } from '../../../core/accounts/administration.ts';
import type { Username } from '../../../core/accounts/username.ts';
import type { Session } from '../../../core/sessions/session.ts';
import type { SessionId } from '../../../core/sessions/session-string.ts';
import type { OpenStore } from '../../../infra/stores/open-store.ts';
import { freshAccount, freshName, freshUserid } from './fresh.ts';

/** @param handles two handles on the same data, once the suite runs */
export function describeAdministration(handles: () => readonly [OpenStore, OpenStore]): void {
  const here = () => handles()[0].admin;
  const turn = (i: number) => handles()[i % 2 === 0 ? 0 : 1].admin;

  async function added(overrides: Partial<Account> = {}): Promise<StoredAccount> {
    const account = freshAccount(overrides);
    expect(await here().accounts.write([{ kind: 'add', account }])).toEqual(['done']);
    return stored(account.username);
  }

  async function find(username: Username): Promise<StoredAccount | undefined> {
    return (await turn(1).accounts.read([username])).get(username);
  }

  async function stored(username: Username): Promise<StoredAccount> {
    const found = await find(username);
    if (!found) throw new Error(`${username} is not there`);
    return found;
  }

  function tally(outcomes: readonly WriteOutcome[]): Partial<Record<WriteOutcome, number>> {
    const entries = Object.entries(Object.groupBy(outcomes, (outcome) => outcome));
    return Object.fromEntries(entries.map(([outcome, list]) => [outcome, list.length]));
  }

  describe('the directory of accounts', () => {
    test('reads accounts by name, those that there are', async () => {
      const accounts = await Promise.all(Array.from({ length: 120 }, () => added()));
      const names = accounts.map(({ account }) => account.username);
      const found = await here().accounts.read([...names, freshName()]);
      expect(found.size).toBe(120);
      expect(found.get(names[7] ?? freshName())).toEqual(accounts[7]);
      expect((await here().accounts.read([])).size).toBe(0);
    });

    test('writes whole accounts, many at once, each for itself', async () => {
      const [first, second, taken] = [
        await added(),
        freshAccount({ upstreamKey: 's1.secret.sealed' }),
        await added(),
      ];
      const outcomes = await here().accounts.write([
        { kind: 'change', from: first, to: { ...first.account, fullname: 'Ünïcödé 🐐', caps: 9 } },
        { kind: 'add', account: second },
        { kind: 'add', account: freshAccount({ username: taken.account.username }) },
        { kind: 'add', account: freshAccount({ userid: taken.account.userid }) },
        { kind: 'change', from: { account: second, revision: 0 }, to: freshAccount() },
      ]);
      expect(outcomes).toEqual(['done', 'done', 'conflict', 'useridTaken', 'conflict']);
      expect((await stored(first.account.username)).account).toMatchObject({
        fullname: 'Ünïcödé 🐐',
        caps: 9,
      });
      expect((await stored(second.username)).account).toEqual(second);
      expect(await stored(taken.account.username)).toEqual(taken);
      expect(await here().accounts.write([])).toEqual([]);
    });

    test('takes away what a change leaves out', async () => {
      const from = await added({ message: 'm', defaultpicurl: 'https://example.com/', upstreamKey: 's' });
      const { message: _, password: __, defaultpicurl: ___, upstreamKey: ____, ...to } = from.account;
      expect(await here().accounts.write([{ kind: 'change', from, to }])).toEqual(['done']);
      expect((await stored(to.username)).account).toEqual(to);
    });

    test('of many changes from one revision makes one, and of many accounts with one number adds one', async () => {
      const from = await added();
      const userid = freshUserid();
      const changes = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          turn(i).accounts.write([{ kind: 'change', from, to: { ...from.account, caps: i + 1 } }]),
        ),
      );
      expect(tally(changes.flat())).toEqual({ done: 1, conflict: 19 });
      const winner = changes.findIndex(([outcome]) => outcome === 'done');
      expect((await stored(from.account.username)).account.caps).toBe(winner + 1);
      const adds = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          turn(i).accounts.write([{ kind: 'add', account: freshAccount({ userid }) }]),
        ),
      );
      expect(tally(adds.flat())).toEqual({ done: 1, useridTaken: 19 });
    });

    const verifier = { phc: 'old', secret: 's' };
    const brought = { accepts: 'plainOnce', bcrypt: 'b', becomes: 'plainOnly' } as const;
    test.each<[string, Partial<Account>, (store: OpenStore, name: Username) => Promise<void>]>([
      ['its sessions were ended', {}, ({ accounts }, name) => accounts.endSessions(name)],
      [
        'its password was rehashed',
        { password: { accepts: 'plainOnly', verifier } },
        ({ accounts }, name) => accounts.replaceVerifier(name, verifier, { phc: 'new', secret: 's' }),
      ],
      [
        'its bcrypt hash was replaced',
        { password: brought },
        ({ accounts }, name) => accounts.replaceBcrypt(name, brought, { accepts: 'plainOnly', verifier }),
      ],
    ])('loses a change when meanwhile %s', async (_, overrides, meanwhile) => {
      const from = await added(overrides);
      await meanwhile(handles()[1], from.account.username);
      const to = { ...from.account, caps: 77 };
      expect(await here().accounts.write([{ kind: 'change', from, to }])).toEqual(['conflict']);
      const after = await stored(to.username);
      expect(after.account.caps).toBe(0);
      expect(await here().accounts.write([{ kind: 'change', from: after, to }])).toEqual(['done']);
    });

    test('pages through all accounts: each that stays comes once', async () => {
      const names = await Promise.all(
        Array.from({ length: 25 }, async () => (await added()).account.username),
      );
      const seen: Username[] = [];
      let mark: PageCursor | undefined;
      do {
        const page = await here().accounts.page(mark, 7);
        expect(page.accounts.length).toBeLessThanOrEqual(7);
        seen.push(...page.accounts.map(({ account }) => account.username));
        mark = page.next;
      } while (mark !== undefined);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(names));
    });

    test('counts accounts, no further than the given limit', async () => {
      const before = await here().accounts.count(1_000_000);
      await Promise.all([added(), added(), added()]);
      expect(await turn(1).accounts.count(1_000_000)).toBeGreaterThanOrEqual(before + 3);
      expect(await turn(1).accounts.count(2)).toBe(2);
    });

    test('removes an account with its sessions, and its name and number are free', async () => {
      const { account } = await added();
      const session = sessionOf(account.username, 7);
      await handles()[0].sessions.add(session);
      expect(await here().accounts.remove(account.username)).toBe('removed');
      expect(await here().accounts.remove(account.username)).toBe('unknown');
      expect(await find(account.username)).toBeUndefined();
      expect(await here().sessions.page(account.username, undefined, 10)).toEqual({ sessions: [] });
      expect(await here().accounts.write([{ kind: 'add', account }])).toEqual(['done']);
      const records = await handles()[1].records.read({
        account: account.username,
        sessions: [session.id],
        refusals: [],
      });
      expect(records.sessions.size).toBe(0);
    });

    test('removes an account with its sessions, however many', async () => {
      const { account } = await added();
      const { username } = account;
      const ids = Array.from({ length: 620 }, (_, i) => (i + 1) as SessionId);
      await Promise.all(ids.map((id) => handles()[0].sessions.add(sessionOf(username, id))));
      expect(await here().accounts.remove(username)).toBe('removed');
      const left = await handles()[1].records.read({ account: username, sessions: ids, refusals: [] });
      expect(left.sessions.size).toBe(0);
    });

    test('allots numbers that nobody else gets', async () => {
      const blocks = await Promise.all(
        Array.from({ length: 20 }, (_, i) => turn(i).accounts.allotUserids(3)),
      );
      const numbers = blocks.flatMap((first) => [Number(first), Number(first) + 1, Number(first) + 2]);
      expect(new Set(numbers).size).toBe(60);
      expect(Math.min(...numbers)).toBeGreaterThan(0);
    });

    test('allots numbers above those that are reserved', async () => {
      const highest = Number(await here().accounts.allotUserids(1)) + 1000;
      await here().accounts.reserveUserids(highest as UserId);
      await here().accounts.reserveUserids(1 as UserId);
      expect(await turn(1).accounts.allotUserids(1)).toBeGreaterThan(highest);
    });
  });

  describe("an account's sessions by page", () => {
    const pagesOf = async (owner: Username, size: number) => {
      const pages: number[][] = [];
      let next: SessionId | undefined;
      do {
        const page = await turn(1).sessions.page(owner, next, size);
        pages.push(page.sessions.map(({ id }) => id));
        next = page.next;
      } while (next !== undefined);
      return pages;
    };
    const until = Math.floor(Date.now() / 1000) + 1000;

    test('come once each, the highest id first, but for the ended', async () => {
      const [owner, other] = [freshName(), freshName()];
      const { sessions } = handles()[0];
      const ids = Array.from({ length: 25 }, (_, i) => 1000 + i);
      await Promise.all(ids.map((id) => sessions.add(sessionOf(owner, id))));
      await sessions.add(sessionOf(other, 5));
      await sessions.expire(owner, [1003, 1004, 1024] as SessionId[], until);
      const pages = await pagesOf(owner, 7);
      expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(7);
      expect(pages.flat()).toEqual(ids.filter((id) => ![1003, 1004, 1024].includes(id)).toReversed());
      expect((await turn(1).sessions.page(owner, 1001 as SessionId, 7)).sessions).toEqual([
        sessionOf(owner, 1000),
      ]);
      expect(await pagesOf(freshName(), 7)).toEqual([[]]);
    });

    test('are found behind many that were ended', async () => {
      const owner = freshName();
      const { sessions } = handles()[0];
      const ids = Array.from({ length: 130 }, (_, i) => (1000 + i) as SessionId);
      await Promise.all(ids.map((id) => sessions.add(sessionOf(owner, id))));
      await sessions.expire(owner, ids.slice(1), until);
      expect((await pagesOf(owner, 2)).flat()).toEqual([1000]);
    });

    test('that are ended between two pages do not come in the second, and hide no other', async () => {
      const owner = freshName();
      const { sessions } = handles()[0];
      const ids = [1000, 1001, 1002, 1003] as SessionId[];
      for (const id of ids) await sessions.add(sessionOf(owner, id));
      const first = await turn(1).sessions.page(owner, undefined, 2);
      await sessions.expire(owner, [1001, 1002] as SessionId[], until);
      const second = await turn(1).sessions.page(owner, first.next, 2);
      expect([first, second].map((page) => page.sessions.map(({ id }) => id))).toEqual([
        [1003, 1002],
        [1000],
      ]);
    });
  });

  test('inspection finds all well, but for what an emulator lacks', async () => {
    const findings = await handles()[0].inspect();
    expect(findings.length).toBeGreaterThan(0);
    const crosses = findings.filter(({ well }) => !well).map(({ what }) => what.replace(/^table \S+: /, ''));
    expect(['', 'time to live']).toContain(crosses.join());
  });
}

function sessionOf(owner: Username, id: number): Session {
  const now = Math.floor(Date.now() / 1000);
  return {
    owner,
    id: id as SessionId,
    digest: 'd'.repeat(64),
    generation: 0,
    term: 'short',
    created: now - (now % 3600),
    expires: now - (now % 3600) + 24 * 3600,
  };
}
