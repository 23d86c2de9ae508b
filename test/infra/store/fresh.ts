/** Accounts that no other test, suite or run has: a store may be shared with all of them. */
import type { Account, UserId } from '../../../core/account.ts';
import type { Username } from '../../../core/username.ts';
import { testAccount } from '../../support/ports.ts';

let named = 0;

/** A fresh name. */
export function freshName(): Username {
  return `t${named++}_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}` as Username;
}

/** A fresh number. */
export function freshUserid(): UserId {
  return (1 + Math.floor(Math.random() * 2 ** 40)) as UserId;
}

/** A fresh account. */
export function freshAccount(overrides: Partial<Account> = {}): Account {
  return testAccount({ username: freshName(), userid: freshUserid(), ...overrides });
}
