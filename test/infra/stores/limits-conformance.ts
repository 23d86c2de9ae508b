/** What has an end in every store: the numbers of accounts, and in some the size of an account. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account, ClientKey, ClientKeyId, UserId } from '../../../core/accounts/account.ts';
import { maxClientKeys } from '../../../core/accounts/account-line.ts';
import { maxInt } from '../../../core/accounts/validation.ts';
import type { OpenStore } from '../../../infra/stores/open-store.ts';
import { freshAccount } from './fresh.ts';

/** @param open a store of its own: afterwards it has no number left */
export function describeLimits(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name}, at its limits`, () => {
    let store: OpenStore;
    beforeAll(async () => {
      store = await open();
      await store.prepare();
    });
    afterAll(() => store.close());

    test('takes the largest account that it does not call oversize, with a password and all keys in use', async () => {
      const { accounts } = store.admin;
      const most = 8000;
      const count = largest(most, (pictures) => accounts.oversize(large(pictures)) === undefined);
      const key = (i: number): ClientKey => ({
        id: `key${i}` as ClientKeyId,
        name: `key ${i}`,
        digest: 'd'.repeat(64),
        sealed: 's'.repeat(80),
        created: 1_800_000_000,
      });
      const clientKeys = Array.from({ length: maxClientKeys }, (_, i) => key(i));
      const account = { ...large(count), clientKeys };
      const pictures = largest(
        account.pictures.length,
        (n) => accounts.oversize({ ...account, pictures: account.pictures.slice(0, n) }) === undefined,
      );
      const whole = { ...account, pictures: account.pictures.slice(0, pictures) };
      expect(await accounts.write([{ kind: 'add', account: whole }])).toEqual(['done']);
      for (const { id } of clientKeys) await store.accounts.noteKeyUse(whole.username, id, 1_800_000_001);
      await store.accounts.endSessions(whole.username);
      const stored = (await accounts.read([whole.username])).get(whole.username);
      expect(stored?.account.pictures).toHaveLength(pictures);
      expect(stored?.account.clientKeys.every(({ lastUsed }) => lastUsed === 1_800_000_001)).toBe(true);
      if (count === most) return;
      const grown = { ...freshAccount(), upstreamKey: 's'.repeat(3_000_000) };
      for (const tooLarge of [large(most), grown])
        expect(accounts.oversize(tooLarge)).toMatch(/^is too large: \d+ bytes, and /);
    });

    test('allots numbers up to the highest that clients can read, and then none', async () => {
      const { accounts } = store.admin;
      await accounts.reserveUserids((maxInt - 3) as UserId);
      expect(await accounts.allotUserids(2)).toBe(maxInt - 2);
      expect(await accounts.allotUserids(2)).toBeUndefined();
      expect(await accounts.allotUserids(1)).toBe(maxInt);
      expect(await accounts.allotUserids(1)).toBeUndefined();
    });
  });
}

/** The highest number up to `most` that passes: it and all below. */
function largest(most: number, passes: (n: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function large(pictures: number): Account {
  return freshAccount({
    pictures: Array.from({ length: pictures }, (_, i) => ({
      keyword: `it's «${i}»`,
      url: `https://pics.example/${'x'.repeat(300)}/${i}`,
    })),
  });
}
