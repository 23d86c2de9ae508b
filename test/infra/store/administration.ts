/** The part of the store suite that is about core/administration.ts, races included. */
import { describe, expect, test } from 'vitest';
import type { Account, UserId } from '../../../core/account.ts';
import type { KeptAccount, PageMark, WriteOutcome } from '../../../core/administration.ts';
import type { Session, SessionId } from '../../../core/session.ts';
import type { Username } from '../../../core/username.ts';
import type { OpenStore } from '../../../infra/store/open-store.ts';
import { freshAccount, freshName, freshUserid } from './fresh.ts';

/** @param handles two handles on the same data, once the suite runs */
export function describeAdministration(handles: () => readonly [OpenStore, OpenStore]): void {
  const here = () => handles()[0].admin;
  const turn = (i: number) => handles()[i % 2 === 0 ? 0 : 1].admin;

  async function added(overrides: Partial<Account> = {}): Promise<KeptAccount> {
    const account = freshAccount(overrides);
    expect(await here().accounts.write([{ kind: 'add', account }])).toEqual(['done']);
    return kept(account.username);
  }

  async function find(username: Username): Promise<KeptAccount | undefined> {
    return (await turn(1).accounts.read([username])).get(username);
  }

  async function kept(username: Username): Promise<KeptAccount> {
    const found = await find(username);
    if (!found) throw new Error(`${username} is not there`);
    return found;
  }

  function tally(outcomes: readonly WriteOutcome[]): Partial<Record<WriteOutcome, number>> {
    const entries = Object.entries(Object.groupBy(outcomes, (outcome) => outcome));
    return Object.fromEntries(entries.map(([outcome, list]) => [outcome, list.length]));
  }

  describe('the book of accounts', () => {
    test('reads accounts by name, those that there are', async () => {
      const accounts = await Promise.all(Array.from({ length: 120 }, () => added()));
      const names = accounts.map(({ account }) => account.username);
      const found = await here().accounts.read([...names, freshName()]);
      expect(found.size).toBe(120);
      expect(found.get(names[7] ?? freshName())).toEqual(accounts[7]);
      expect((await here().accounts.read([])).size).toBe(0);
    });

    test('writes whole accounts, many at once, each for itself', async () => {
      const [first, second, taken] = [await added(), freshAccount(), await added()];
      const outcomes = await here().accounts.write([
        { kind: 'change', from: first, to: { ...first.account, fullname: 'Ünïcödé 🐐', caps: 9 } },
        { kind: 'add', account: second },
        { kind: 'add', account: freshAccount({ username: taken.account.username }) },
        { kind: 'add', account: freshAccount({ userid: taken.account.userid }) },
        { kind: 'change', from: { account: second, revision: 0 }, to: freshAccount() },
      ]);
      expect(outcomes).toEqual(['done', 'done', 'lost', 'useridTaken', 'lost']);
      expect((await kept(first.account.username)).account).toMatchObject({ fullname: 'Ünïcödé 🐐', caps: 9 });
      expect((await kept(second.username)).account).toEqual(second);
      expect(await kept(taken.account.username)).toEqual(taken);
      expect(await here().accounts.write([])).toEqual([]);
    });

    test('takes away what a change leaves out', async () => {
      const from = await added({ message: 'm', defaultpicurl: 'https://example.com/' });
      const { message: _, password: __, defaultpicurl: ___, ...to } = from.account;
      expect(await here().accounts.write([{ kind: 'change', from, to }])).toEqual(['done']);
      expect((await kept(to.username)).account).toEqual(to);
    });

    test('of many changes from one revision makes one, and of many accounts with one number adds one', async () => {
      const from = await added();
      const userid = freshUserid();
      const changes = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          turn(i).accounts.write([{ kind: 'change', from, to: { ...from.account, caps: i + 1 } }]),
        ),
      );
      expect(tally(changes.flat())).toEqual({ done: 1, lost: 19 });
      const winner = changes.findIndex(([outcome]) => outcome === 'done');
      expect((await kept(from.account.username)).account.caps).toBe(winner + 1);
      const adds = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          turn(i).accounts.write([{ kind: 'add', account: freshAccount({ userid }) }]),
        ),
      );
      expect(tally(adds.flat())).toEqual({ done: 1, useridTaken: 19 });
    });

    const verifier = { phc: 'old', secret: 's' };
    test.each<[string, Partial<Account>, (store: OpenStore, name: Username) => Promise<void>]>([
      ['its sessions were ended', {}, ({ accounts }, name) => accounts.endSessions(name)],
      [
        'its password was rehashed',
        { password: { accepts: 'plainOnly', verifier } },
        ({ accounts }, name) => accounts.replaceVerifier(name, verifier, { phc: 'new', secret: 's' }),
      ],
      [
        'its bcrypt hash was replaced',
        { password: { accepts: 'plainOnce', bcrypt: 'b', becomes: 'plainOnly' } },
        ({ accounts }, name) => accounts.replaceBcrypt(name, 'b', { accepts: 'plainOnly', verifier }),
      ],
    ])('loses a change when meanwhile %s', async (_, overrides, meanwhile) => {
      const from = await added(overrides);
      await meanwhile(handles()[1], from.account.username);
      const to = { ...from.account, caps: 77 };
      expect(await here().accounts.write([{ kind: 'change', from, to }])).toEqual(['lost']);
      const after = await kept(to.username);
      expect(after.account.caps).toBe(0);
      expect(await here().accounts.write([{ kind: 'change', from: after, to }])).toEqual(['done']);
    });

    test('pages through all accounts: each that stays comes once', async () => {
      const names = await Promise.all(
        Array.from({ length: 25 }, async () => (await added()).account.username),
      );
      const seen: Username[] = [];
      let mark: PageMark | undefined;
      do {
        const page = await here().accounts.page(mark, 7);
        expect(page.accounts.length).toBeLessThanOrEqual(7);
        seen.push(...page.accounts.map(({ account }) => account.username));
        mark = page.next;
      } while (mark !== undefined);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(names));
    });

    test('removes an account with its sessions, and its name and number are free', async () => {
      const { account } = await added();
      const session = sessionOf(account.username, 7);
      await handles()[0].sessions.add(session);
      expect(await here().accounts.remove(account.username)).toBe('removed');
      expect(await here().accounts.remove(account.username)).toBe('unknown');
      expect(await find(account.username)).toBeUndefined();
      expect(await here().sessions.ofOwner(account.username)).toEqual([]);
      expect(await here().accounts.write([{ kind: 'add', account }])).toEqual(['done']);
      const records = await handles()[1].records.read({
        account: account.username,
        sessions: [session.id],
        refusals: [],
      });
      expect(records.sessions.size).toBe(0);
    });

    test('allots numbers that nobody else gets', async () => {
      const blocks = await Promise.all(
        Array.from({ length: 20 }, (_, i) => turn(i).accounts.allotUserids(3)),
      );
      const numbers = blocks.flatMap((first) => [first, first + 1, first + 2]);
      expect(new Set(numbers).size).toBe(60);
      expect(Math.min(...numbers)).toBeGreaterThan(0);
    });

    test('allots numbers above those that are reserved', async () => {
      const highest = (await here().accounts.allotUserids(1)) + 1000;
      await here().accounts.reserveUserids(highest as UserId);
      await here().accounts.reserveUserids(1 as UserId);
      expect(await turn(1).accounts.allotUserids(1)).toBeGreaterThan(highest);
    });
  });

  describe('the book of sessions', () => {
    test('has those of one account, in order, but for the ended', async () => {
      const [owner, other] = [freshName(), freshName()];
      const { sessions } = handles()[0];
      for (const id of [30, 4, 200]) await sessions.add(sessionOf(owner, id));
      await sessions.add(sessionOf(other, 5));
      await sessions.expire(owner, [30 as SessionId], Math.floor(Date.now() / 1000) + 1000);
      expect(await turn(1).sessions.ofOwner(owner)).toEqual([sessionOf(owner, 4), sessionOf(owner, 200)]);
      expect(await turn(1).sessions.ofOwner(freshName())).toEqual([]);
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
