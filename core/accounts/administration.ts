/**
 * The ports of a store for operators: accounts are read, listed and changed as whole records. No call of the
 * protocol uses these, so a page of accounts may cost a scan.
 */

import type { RefusalKey } from '../auth/bans.ts';
import type { Network } from '../auth/network.ts';
import type { Token, TokenId } from '../auth/token.ts';
import type { RefusalTimes } from '../ports.ts';
import type { Brand } from '../protocol/brand.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionId } from '../sessions/session-string.ts';
import type { Account, UserId } from './account.ts';
import type { Username } from './username.ts';

/** An account as it was read. Every write to it increments its revision. */
export interface StoredAccount {
  readonly account: Account;
  readonly revision: number;
}

/** Where a page ended, in the store's own order; only the store that made it can read it. */
export type PageCursor = Brand<string, 'PageCursor'>;

/** A cursor from a store's own text. */
export function pageCursor(text: string): PageCursor {
  return text as PageCursor;
}

/** Some accounts; without `next` there are no more. A page may be empty and still have a next. */
export interface AccountPage {
  readonly accounts: readonly StoredAccount[];
  readonly next?: PageCursor;
}

/** One account to write. A change keeps `username` and `userid`. */
export type AccountWrite =
  | { readonly kind: 'add'; readonly account: Account }
  | { readonly kind: 'change'; readonly from: StoredAccount; readonly to: Account };

/**
 * The outcome of a write. `conflict`: the name was taken, or the account has changed since it was read.
 * `useridTaken`: another account has the number. Both change nothing.
 */
export type WriteOutcome = 'done' | 'conflict' | 'useridTaken';

/** All accounts. */
export interface AccountDirectory {
  /** Accounts by name, strongly consistent; unknown names are not in the map. */
  read(usernames: readonly Username[]): Promise<ReadonlyMap<Username, StoredAccount>>;
  /**
   * At most `size` accounts after a cursor. Accounts that exist from the first page to the last come exactly
   * once; those that are added or removed meanwhile may be missing.
   */
  page(after: PageCursor | undefined, size: number): Promise<AccountPage>;
  /** The number of accounts, or `most` where there are more: counting may stop there. */
  count(most: number): Promise<number>;
  /**
   * Writes accounts of different names; the outcomes are in their order. Each is written whole or
   * not at all, and one that is `done` survives the death of the process. Of several adds under one
   * name or number, and of several changes from one revision, exactly one is `done`.
   */
  write(writes: readonly AccountWrite[]): Promise<readonly WriteOutcome[]>;
  /**
   * Why the store could not take an account of this size, as one clause; `undefined` when it can. The
   * password does not count: every store has space for one beside the largest account that it takes.
   */
  oversize(account: Account): string | undefined;
  /**
   * Removes an account, then its sessions. They are dead from the first moment, and stay so if it
   * is interrupted and the name is used again: a new account begins with a later generation.
   */
  remove(username: Username): Promise<'removed' | 'unknown'>;
  /**
   * Allots `count` consecutive numbers and returns the first; no number is allotted twice. Returns
   * `undefined`, and allots none, when fewer are left below 2^31.
   */
  allotUserids(count: number): Promise<UserId | undefined>;
  /** From now on, numbers that are allotted are above this one. */
  reserveUserids(upTo: UserId): Promise<void>;
}

/** Sessions of one account; without `next` there are no more. A page may be empty and still have a next. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  /** What the next page comes after. */
  readonly next?: SessionId;
}

/** All sessions. */
export interface SessionDirectory {
  /**
   * At most `size` of an account's sessions that were not ended, strongly consistent; some may have run out.
   * They come by id, the highest first, so mostly the newest; DynamoDB compares ids as text. Sessions that are
   * there from the first page to the last come exactly once.
   */
  page(owner: Username, after: SessionId | undefined, size: number): Promise<SessionPage>;
}

/** Whose refused log-ins to look at: those of an account, or those that came from a network. */
export type RefusalsOf = { readonly account: Username } | { readonly network: Network };

/** The refused log-ins that are counted. */
export interface RefusalDirectory {
  /** Refusals by key. Some stores look through all that they have for it. */
  find(of: RefusalsOf): Promise<RefusalTimes>;
  /** Forgets refusals, which ends the bans that they make. Unknown keys are no error. */
  remove(keys: readonly RefusalKey[]): Promise<void>;
}

/** The tokens of a site's own code. */
export interface TokenDirectory {
  /** Strongly consistent: a token that was removed is not found by any read that begins afterwards. */
  read(id: TokenId): Promise<Token | undefined>;
  /** All of them, in any order, strongly consistent. */
  list(): Promise<readonly Token[]>;
  /** Adds a token under an id that is new. */
  add(token: Token): Promise<void>;
  remove(id: TokenId): Promise<'removed' | 'unknown'>;
  /** Notes its use (Unix seconds); a token removed meanwhile stays removed. */
  noteUse(id: TokenId, at: number): Promise<void>;
}

/** What a store offers operators. */
export interface Administration {
  readonly accounts: AccountDirectory;
  readonly sessions: SessionDirectory;
  readonly refusals: RefusalDirectory;
  readonly tokens: TokenDirectory;
}
