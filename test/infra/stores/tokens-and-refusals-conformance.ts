/** The part of the store suite about tokens of a site's own code, and about refused log-ins for operators. */
import { describe, expect, test } from 'vitest';
import type { RefusalKey } from '../../../core/auth/bans.ts';
import { networkOf } from '../../../core/auth/network.ts';
import type { Token, TokenId } from '../../../core/auth/token.ts';
import type { OpenStore } from '../../../infra/stores/open-store.ts';
import { freshName } from './fresh.ts';

const now = Math.floor(Date.now() / 1000);
let made = 0;

function freshToken(overrides: Partial<Token> = {}): Token {
  const random = crypto
    .randomUUID()
    .replace(/[^a-f]/g, '')
    .slice(0, 4)
    .padEnd(4, 'x');
  const id = `${random}${String.fromCharCode(97 + (made % 26))}${'abc'}` as TokenId;
  made++;
  return {
    id,
    name: `token ${id}`,
    scopes: ['verify', 'bans'],
    digest: 'd'.repeat(64),
    created: now,
    ...overrides,
  };
}

/** @param handles two handles on the same data, once the suite runs */
export function describeTokensAndRefusals(handles: () => readonly [OpenStore, OpenStore]): void {
  const here = () => handles()[0].admin;
  const there = () => handles()[1].admin;

  describe('tokens of a site', () => {
    test('are found by their id, in every process, with all that they have', async () => {
      const token = freshToken({ name: 'Zoë «сайт» 🐐', expires: now + 60, lastUsed: now });
      expect(await there().tokens.read(token.id)).toBeUndefined();
      await here().tokens.add(token);
      expect(await there().tokens.read(token.id)).toEqual(token);
      expect(await there().tokens.list()).toContainEqual(token);
    });

    test('that were removed are gone for every read, and are removed once', async () => {
      const token = freshToken();
      await here().tokens.add(token);
      expect(await there().tokens.remove(token.id)).toBe('removed');
      expect(await here().tokens.read(token.id)).toBeUndefined();
      expect((await here().tokens.list()).map(({ id }) => id)).not.toContain(token.id);
      expect(await here().tokens.remove(token.id)).toBe('unknown');
    });

    test('have their last use noted, which brings no removed one back', async () => {
      const token = freshToken();
      await here().tokens.add(token);
      await there().tokens.noteUse(token.id, now + 7);
      expect(await here().tokens.read(token.id)).toEqual({ ...token, lastUsed: now + 7 });
      await here().tokens.remove(token.id);
      await there().tokens.noteUse(token.id, now + 8);
      expect(await here().tokens.read(token.id)).toBeUndefined();
    });

    test('are no accounts', async () => {
      await here().tokens.add(freshToken());
      const names: string[] = [];
      let after: Parameters<ReturnType<typeof here>['accounts']['page']>[0];
      do {
        const page = await here().accounts.page(after, 200);
        names.push(...page.accounts.map(({ account }) => account.username));
        after = page.next;
      } while (after !== undefined);
      expect(names.filter((name) => name.includes('token'))).toEqual([]);
    });
  });

  describe('refused log-ins', () => {
    const count = (account: string, network: string, at: number) =>
      handles()[0].refused.count(
        [
          {
            key: `${account}@${network}` as RefusalKey,
            dropBefore: at - 600_000,
            keepUntil: at + 3_600_000,
          },
        ],
        at,
      );

    test('are found by account and by network, with all their times', async () => {
      const [alice, bob] = [freshName(), freshName()];
      const [near, far] = [`198.51.100.${made++ % 250}`, '2001:db8:7:9::/64'];
      const at = Date.now();
      await count(alice, near, at);
      await count(alice, near, at + 5);
      await count(alice, far, at + 1);
      await count(bob, near, at + 2);
      const ofAlice = await there().refusals.find({ account: alice });
      expect(new Map([...ofAlice].map(([key, times]) => [key, times.toSorted()]))).toEqual(
        new Map([
          [`${alice}@${near}`, [at, at + 5]],
          [`${alice}@${far}`, [at + 1]],
        ]),
      );
      const ofNear = await there().refusals.find({ network: networkOf(near) });
      expect([...ofNear.keys()].filter((key) => !key.startsWith('*')).toSorted()).toEqual(
        [`${alice}@${near}`, `${bob}@${near}`].toSorted(),
      );
    });

    test('that are removed count for nobody any more, in every process; others stay', async () => {
      const [alice, bob] = [freshName(), freshName()];
      const at = Date.now();
      await count(alice, '192.0.2.77', at);
      await count(bob, '192.0.2.77', at);
      const query = { sessions: [], refusals: [`${alice}@192.0.2.77` as RefusalKey] };
      expect((await handles()[0].records.read({ account: alice, ...query })).refusals.size).toBe(1);
      await there().refusals.remove([`${alice}@192.0.2.77` as RefusalKey, 'nobody@unknown' as RefusalKey]);
      expect((await handles()[0].records.read({ account: alice, ...query })).refusals.size).toBe(0);
      expect((await here().refusals.find({ account: bob })).size).toBe(1);
    });
  });
}
