/** An operator of a store in memory, with the cheap hasher and the sealer that can be read. */
import type { Account } from '../../../core/accounts/account.ts';
import type { AccountDirectory } from '../../../core/accounts/administration.ts';
import type { Username } from '../../../core/accounts/username.ts';
import { defaultBans } from '../../../core/auth/bans.ts';
import type { OperatorContext } from '../../../infra/operations/verb-definition.ts';
import { openSqliteInMemory } from '../../../infra/stores/sqlite/sqlite-store.ts';
import { testClock, testHasher, testRandom, testSealer } from '../../support/ports.ts';

/** An operator, and how many passwords were hashed or verified. */
export interface TestOperator extends OperatorContext {
  hashes(): number;
  account(username: string): Promise<Account | undefined>;
}

/** Makes one. */
export function testOperator(): TestOperator {
  const store = openSqliteInMemory();
  const hasher = testHasher();
  let hashes = 0;
  const counting = {
    ...hasher,
    hash: (...args: Parameters<typeof hasher.hash>) => {
      hashes++;
      return hasher.hash(...args);
    },
    verify: (...args: Parameters<typeof hasher.verify>) => {
      hashes++;
      return hasher.verify(...args);
    },
  };
  return {
    store,
    clock: testClock(),
    random: testRandom(),
    bans: defaultBans,
    configuration: [],
    unlock: async () => ({ hasher: counting, sealer: testSealer() }),
    source: {
      description: 'no secret',
      settle: 0,
      read: () => Promise.reject(new Error('there is none')),
      change: () => Promise.reject(new Error('there is none')),
      alone: (work) => work(),
    },
    hashes: () => hashes,
    async account(username) {
      const name = username as Username;
      return (await store.admin.accounts.read([name])).get(name)?.account;
    },
  };
}

/** The same operator, whose store does something in its own way. */
export function operatorWhose(operator: TestOperator, own: Partial<AccountDirectory>): TestOperator {
  const { admin } = operator.store;
  const accounts = { ...admin.accounts, ...own };
  return { ...operator, store: { ...operator.store, admin: { ...admin, accounts } } };
}
