/**
 * What operators need of a store beside the core's own ports: accounts read, listed and changed as
 * whole records. No call of the protocol takes these, so a page may cost a scan.
 */
import type { Account, UserId } from './account.ts';
import type { Brand } from './brand.ts';
import type { Session } from './session.ts';
import type { Username } from './username.ts';

/** An account as it was read. Every write to it, whoever's, counts its revision up. */
export interface KeptAccount {
  readonly account: Account;
  readonly revision: number;
}

/** Where a page ended, in the store's own order. */
export type PageMark = Brand<string, 'PageMark'>;

/** Some accounts; without `next` there are no more. A page may be empty and still have a next. */
export interface AccountPage {
  readonly accounts: readonly KeptAccount[];
  readonly next?: PageMark;
}

/** One account to write. A change keeps `username` and `userid`. */
export type AccountWrite =
  | { readonly kind: 'add'; readonly account: Account }
  | { readonly kind: 'change'; readonly from: KeptAccount; readonly to: Account };

/**
 * What became of a write. `lost`: the name was taken, or the account is no longer what was read;
 * `useridTaken`: another account has the number. Both leave everything as it was.
 */
export type WriteOutcome = 'done' | 'lost' | 'useridTaken';

/** All accounts. */
export interface AccountBook {
  /** Accounts by name, strongly consistent; unknown names are not in the map. */
  read(usernames: readonly Username[]): Promise<ReadonlyMap<Username, KeptAccount>>;
  /**
   * At most `size` accounts after a mark. Accounts that are there from the first page to the last
   * come exactly once; those added or removed meanwhile may or may not.
   */
  page(after: PageMark | undefined, size: number): Promise<AccountPage>;
  /**
   * Writes accounts of different names; the outcomes are in their order. Each is written whole or
   * not at all, and one that is `done` survives the death of the process. Of several adds under one
   * name or number, and of several changes from one revision, exactly one is `done`.
   */
  write(writes: readonly AccountWrite[]): Promise<readonly WriteOutcome[]>;
  /**
   * Removes an account, then its sessions. They are dead from the first moment, and stay so if it
   * is interrupted and the name is given again: a new account begins with a later generation.
   */
  remove(username: Username): Promise<'removed' | 'unknown'>;
  /** Allots `count` numbers in a row, of which it gives the first; nobody gets one of them twice. */
  allotUserids(count: number): Promise<UserId>;
  /** Numbers up to this one are given by hand: from now on those that are allotted lie above. */
  reserveUserids(upTo: UserId): Promise<void>;
}

/** All sessions. */
export interface SessionBook {
  /** An account's sessions that were not ended, strongly consistent; some may have run out. */
  ofOwner(owner: Username): Promise<readonly Session[]>;
}

/** What a store gives to operators. */
export interface Administration {
  readonly accounts: AccountBook;
  readonly sessions: SessionBook;
}
