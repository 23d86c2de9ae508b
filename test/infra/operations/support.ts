/** A desk over a store in memory, with the cheap hasher and the sealer that can be read. */
import type { Account } from '../../../core/account.ts';
import type { Username } from '../../../core/username.ts';
import type { Desk } from '../../../infra/operations/verbs.ts';
import { memoryStore } from '../../../infra/store/memory.ts';
import { testClock, testHasher, testRandom, testSealer } from '../../support/ports.ts';

/** A desk, and how many passwords were hashed or verified at it. */
export interface TestDesk extends Desk {
  hashes(): number;
  account(username: string): Promise<Account | undefined>;
}

/** Opens a desk. */
export function testDesk(): TestDesk {
  const store = memoryStore();
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
    configuration: [],
    unlock: async () => ({ hasher: counting, sealer: testSealer() }),
    source: {
      description: 'no secret',
      settle: 0,
      read: () => Promise.reject(new Error('there is none')),
      replace: () => Promise.reject(new Error('there is none')),
      alone: (work) => work(),
    },
    hashes: () => hashes,
    async account(username) {
      const name = username as Username;
      return (await store.admin.accounts.read([name])).get(name)?.account;
    },
  };
}
