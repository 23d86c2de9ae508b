/** Accounts that no other test, suite or run has: a store may be shared with all of them. */
import type { Account, UserId } from '../../../core/accounts/account.ts';
import type { Username } from '../../../core/accounts/username.ts';
import { testAccount } from '../../support/ports.ts';

let named = 0;

/** Two runs on one store do not come to the same numbers: each begins somewhere else. */
let numbered = Math.floor(Math.random() * 2 ** 30);

/** A fresh name. */
export function freshName(): Username {
  return `t${named++}_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}` as Username;
}

/** A fresh number. */
export function freshUserid(): UserId {
  return ++numbered as UserId;
}

/** A fresh account. */
export function freshAccount(overrides: Partial<Account> = {}): Account {
  return testAccount({ username: freshName(), userid: freshUserid(), ...overrides });
}
