/**
 * What the core needs from the world, in its own words. Each port's race contract stands beside
 * its signature, and one conformance suite per port runs against every adapter.
 */
import type { Account, ClientKeyId, HashedPassword, SealPurpose, Verifier } from './account.ts';
import type { RefusalKey } from './bans.ts';
import type { Md5Hex } from './digest.ts';
import type { Session, SessionId } from './session.ts';
import type { Username } from './username.ts';

/** The time. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
}

/** A cryptographically strong source of random bytes. */
export interface Randomness {
  bytes(count: number): Uint8Array;
}

/** Keys that seal challenges: the newest mints, every valid one is recognised. */
export interface ChallengeKeys {
  current(): { readonly id: string; readonly key: Uint8Array };
  byId(id: string): Uint8Array | undefined;
}

/**
 * Slow hashing of md5_hex(password).
 * @throws {HasherBusy} when its queue is full: the caller is refused rather than kept waiting
 */
export interface PasswordHasher {
  hash(digest: Md5Hex): Promise<Verifier>;
  verify(verifier: Verifier, digest: Md5Hex): Promise<boolean>;
  /** Made with weaker parameters or an older pepper than new ones are: worth replacing. */
  isOutdated(verifier: Verifier): boolean;
}

/**
 * bcrypt hashes brought over from other sites, until the first log-in replaces them.
 * @throws {HasherBusy} when too many are being checked
 */
export interface ForeignHashes {
  /** `password` as `Credentials` carries it. A hash that cannot be read matches nothing. */
  matches(bcrypt: string, password: Uint8Array): Promise<boolean>;
}

/** Authenticated encryption of md5 digests, bound to an account and a purpose; some runtimes take a while. */
export interface Sealer {
  seal(digest: Md5Hex, account: Username, purpose: SealPurpose): string | Promise<string>;
  /** `undefined` when it was not sealed for this account and purpose, or no valid secret opens it. */
  open(
    sealed: string,
    account: Username,
    purpose: SealPurpose,
  ): Md5Hex | undefined | Promise<Md5Hex | undefined>;
}

/** What to read before a caller is let in. */
export interface RecordsQuery {
  readonly account: Username;
  readonly sessions: readonly SessionId[];
  readonly refusals: readonly RefusalKey[];
}

/** Times of refused log-ins by key, Unix ms, in any order; keys without any may be absent. */
export type RefusalTimes = ReadonlyMap<RefusalKey, readonly number[]>;

/** The records found. Absent sessions, and sessions that were expired, are not in the map. */
export interface Records {
  readonly account: Account | undefined;
  readonly sessions: ReadonlyMap<SessionId, Session>;
  /** Those asked for that were expired and whose rows are still kept. */
  readonly ended: ReadonlySet<SessionId>;
  readonly refusals: RefusalTimes;
}

/** Everything an authentication rests on. */
export interface RecordReader {
  /**
   * One read, strongly consistent for every record: it sees each write that was acknowledged, by
   * any process, before the read began.
   */
  read(query: RecordsQuery): Promise<Records>;
}

/** Accounts. */
export interface Accounts {
  /** Adds an account unless its name is taken; of several at once exactly one is `added`. */
  add(account: Account): Promise<'added' | 'taken'>;
  /** Ends every session made before it, in one write: no session older survives its answer. */
  endSessions(username: Username): Promise<void>;
  /** Replaces the password's verifier only while it still is `old`: a changed password wins. */
  replaceVerifier(username: Username, old: Verifier, replacement: Verifier): Promise<void>;
  /** Replaces a bcrypt hash only while it still is the account's: a changed password wins. */
  replaceBcrypt(username: Username, bcrypt: string, replacement: HashedPassword): Promise<void>;
  /** Notes a client key's use (Unix seconds); a key revoked meanwhile stays revoked. */
  noteKeyUse(username: Username, key: ClientKeyId, at: number): Promise<void>;
}

/** Sessions, by owner and id. */
export interface Sessions {
  /**
   * Keeps a session unless its id was used before; of several at once exactly one is `added`.
   * The store may forget it once `rowLifetime` has passed after its expiry, not before.
   */
  add(session: Session): Promise<'added' | 'taken'>;
  /**
   * Ends sessions by id: when it resolves, all are ended for every reader. Unknown ids are no
   * error. The ids of sessions that there were stay taken until `keepUntil` (Unix seconds).
   */
  expire(owner: Username, ids: readonly SessionId[], keepUntil: number): Promise<void>;
}

/** What became of an attempt to spend a challenge. */
export interface Spending {
  readonly outcome: 'spent' | 'again';
  /**
   * Resolves when the entry survives the death of the machine: nobody is to be told before that he is let
   * in. It may be left alone where nobody is, and is absent where a store waits for it by itself.
   */
  readonly safe?: Promise<unknown>;
}

/** The book of spent challenges. */
export interface SpentChallenges {
  /**
   * Spends a challenge: of any number of attempts, in any process, exactly one is `spent`, the
   * rest are `again`. The entry may be forgotten after `keepUntil` (Unix seconds), which is the same at
   * every attempt: it comes from the challenge's own expiry.
   */
  spend(nonce: string, keepUntil: number): Promise<Spending>;
}

/** One refusal to enter under a key. */
export interface RefusalEntry {
  readonly key: RefusalKey;
  /** Entries of this key older than this (Unix ms) no longer matter and may be dropped. */
  readonly dropBefore: number;
  /** The row may be forgotten after this (Unix ms). */
  readonly keepUntil: number;
}

/** The book of refused log-ins. */
export interface RefusedLogins {
  /**
   * Counts one refusal at `at` (Unix ms) under each key; none is lost, however many at once. Gives
   * all times that then stand under each key, its own among them.
   */
  count(entries: readonly RefusalEntry[], at: number): Promise<RefusalTimes>;
}

/** A store: all persistent ports over the same data. */
export interface Store {
  readonly records: RecordReader;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly spent: SpentChallenges;
  readonly refused: RefusedLogins;
}

/** Everything the gateway is plugged into. */
export interface Ports extends Store {
  readonly clock: Clock;
  readonly random: Randomness;
  readonly challengeKeys: ChallengeKeys;
  readonly hasher: PasswordHasher;
  readonly foreign: ForeignHashes;
  readonly sealer: Sealer;
}

/** The store cannot be reached, or not in time: refusal 502. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}

/** The store answered with something that it should not hold: refusal 501. */
export class StoreFailed extends Error {
  override name = 'StoreFailed';
}

/** Too many passwords wait to be hashed: refusal 507. */
export class HasherBusy extends Error {
  override name = 'HasherBusy';
}
