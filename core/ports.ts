/**
 * What the core needs from outside. Each port says beside its signature what happens in a race, and one
 * conformance suite per port runs against every adapter.
 */
import type {
  Account,
  BcryptPassword,
  ClientKeyId,
  HashedPassword,
  SealPurpose,
  Verifier,
} from './accounts/account.ts';
import type { Username } from './accounts/username.ts';
import type { RefusalKey } from './auth/bans.ts';
import type { Md5Hex } from './auth/digest.ts';
import type { Session } from './sessions/session.ts';
import type { SessionId } from './sessions/session-string.ts';

/** The time. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
}

/** A cryptographically strong source of random bytes. */
export interface Randomness {
  bytes(count: number): Uint8Array;
}

/** Keys for the MACs of challenges: the newest makes them, every valid one is accepted. */
export interface ChallengeKeys {
  current(): { readonly id: string; readonly key: Uint8Array };
  byId(id: string): Uint8Array | undefined;
  /**
   * Looks for a key that `byId` does not know. `found`: now it knows it. `missing`: other processes use that
   * secret, and this one cannot get it. `unknown`: no process uses such a secret.
   */
  find(id: string): Promise<'found' | 'missing' | 'unknown'>;
}

/**
 * Slow hashing of md5_hex(password).
 * @throws {HasherBusy} when its queue is full: the call is refused, because waiting would take too long
 */
export interface PasswordHasher {
  hash(digest: Md5Hex): Promise<Verifier>;
  /** @throws {SecretMissing} */
  verify(verifier: Verifier, digest: Md5Hex): Promise<boolean>;
  /** Made with weaker parameters or an older pepper than new ones are: worth replacing. */
  isOutdated(verifier: Verifier): boolean;
}

/**
 * bcrypt hashes imported from other sites, until the first log-in replaces them.
 * @throws {HasherBusy} when too many are being checked
 */
export interface BcryptVerifier {
  /** `password` as `Credentials` carries it. A hash that cannot be read matches nothing. */
  matches(bcrypt: string, password: Uint8Array): Promise<boolean>;
}

/** Authenticated encryption of md5 digests, bound to an account and a purpose; asynchronous on some runtimes. */
export interface Sealer {
  seal(digest: Md5Hex, account: Username, purpose: SealPurpose): string | Promise<string>;
  /**
   * `undefined` when it was not sealed for this account and purpose.
   * @throws {SecretMissing}
   */
  open(
    sealed: string,
    account: Username,
    purpose: SealPurpose,
  ): Md5Hex | undefined | Promise<Md5Hex | undefined>;
}

/** What to read before a caller is authenticated. */
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
  /** Sessions of the query that were expired and whose rows still exist. */
  readonly ended: ReadonlySet<SessionId>;
  readonly refusals: RefusalTimes;
}

/** All records that an authentication depends on. */
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
  /**
   * Replaces a bcrypt password only while the account's is the same in every member: a changed password
   * wins, and so does a change of what it becomes.
   */
  replaceBcrypt(username: Username, old: BcryptPassword, replacement: HashedPassword): Promise<void>;
  /** Notes a client key's use (Unix seconds); a key revoked meanwhile stays revoked. */
  noteKeyUse(username: Username, key: ClientKeyId, at: number): Promise<void>;
}

/** Sessions, by owner and id. */
export interface Sessions {
  /**
   * Stores a session unless its id was used before; of several at once exactly one is `added`. The store may
   * drop it once `rowLifetime` has passed after its expiry, not before.
   */
  add(session: Session): Promise<'added' | 'taken'>;
  /**
   * Ends sessions by id: when it resolves, all are ended for every reader. Unknown ids are no
   * error. The ids of sessions that existed stay taken until `keepUntil` (Unix seconds).
   */
  expire(owner: Username, ids: readonly SessionId[], keepUntil: number): Promise<void>;
  /** Notes a session's use (Unix seconds), unless that would take long. A session ended meanwhile stays ended. */
  noteUse(owner: Username, id: SessionId, at: number): Promise<void>;
}

/** Challenges that were spent. */
export interface SpentChallenges {
  /**
   * Present where entries may be lost before `keepUntil`, when the machine starts anew: eight letters or digits
   * that then change. Every challenge names them, and a challenge that names others is refused.
   */
  readonly epoch?: string;
  /**
   * Spends a challenge: of any number of attempts, in any process, exactly one is `spent`, the
   * rest are `again`. The entry may be dropped after `keepUntil` (Unix seconds), which comes from the
   * challenge's own expiry and so is the same at every attempt.
   */
  spend(nonce: string, keepUntil: number): Promise<'spent' | 'again'>;
}

/** One refusal to store under a key. Times are Unix ms. */
export interface RefusalEntry {
  readonly key: RefusalKey;
  /** Entries of this key that are older no longer matter and may be dropped. */
  readonly dropBefore: number;
  /** The row may be dropped after this. */
  readonly keepUntil: number;
}

/** Refused log-ins. */
export interface RefusedLogins {
  /**
   * Counts one refusal at `at` (Unix ms) under each key; none is lost, however many come at once. Returns all
   * times that are then stored under each key, this one included.
   */
  count(entries: readonly RefusalEntry[], at: number): Promise<RefusalTimes>;
}

/** Ids of the root secrets that records in the store need, or may need from now on. */
export interface SecretIds {
  /** All of them, strongly consistent; `undefined` where none was ever added. */
  list(): Promise<ReadonlySet<string> | undefined>;
  /** Adds ids, before anything is written that needs them; those that exist stay. */
  add(ids: readonly string[]): Promise<void>;
  /** Removes ids that nothing needs any more. */
  remove(ids: readonly string[]): Promise<void>;
}

/** A store: all persistent ports over the same data. */
export interface Store {
  readonly records: RecordReader;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly spent: SpentChallenges;
  readonly refused: RefusedLogins;
  readonly secretIds: SecretIds;
}

/** All ports of the gateway. */
export interface Ports extends Store {
  readonly clock: Clock;
  readonly random: Randomness;
  readonly challengeKeys: ChallengeKeys;
  readonly hasher: PasswordHasher;
  readonly bcrypt: BcryptVerifier;
  readonly sealer: Sealer;
}
