/** Accounts: the profile that login returns, and the credentials that authenticate a caller. */
import type { Brand } from '../protocol/brand.ts';
import type { Username } from './username.ts';

/** An account's number, a positive integer below 2^31: clients read it as XML-RPC's `<int>`. */
export type UserId = Brand<number, 'UserId'>;

/**
 * A number as a userid.
 * @throws {RangeError} when it is no positive integer
 */
export function userIdOf(number: number): UserId {
  if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`${number} is no userid`);
  return number as UserId;
}

/** Names a client key within its account: letters, digits, `-` and `_`, as SQLite's JSON paths need it. */
export type ClientKeyId = Brand<string, 'ClientKeyId'>;

/** Whether a text can be a client key's id. */
export function isClientKeyId(text: string): text is ClientKeyId {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text);
}

/**
 * A text as a client key's id.
 * @throws {Error} when it cannot be one
 */
export function clientKeyIdOf(text: string): ClientKeyId {
  if (!isClientKeyId(text)) throw new Error(`${text} is no client key id`);
  return text;
}

/** What may be done with an account. @see PROTOCOL §3 */
export const statuses = [
  'active',
  'readonly',
  'deleted',
  'locked',
  'suspended',
  'memorial',
  'expunged',
] as const;
export type Status = (typeof statuses)[number];

/** A named subset of an account's friends; `id` 1–30, `sortorder` 0–255. */
export interface FriendGroup {
  readonly id: number;
  readonly name: string;
  readonly sortorder: number;
  readonly public: boolean;
}

/** A user picture, found by its keyword. */
export interface Picture {
  readonly keyword: string;
  readonly url: string;
}

/** argon2id over md5_hex(password), and the root secret whose pepper went into it. */
export interface Verifier {
  readonly phc: string;
  readonly secret: string;
}

/**
 * An account's own password under argon2id. `anyForm` also serves `hpassword` and challenges, which
 * requires the sealed md5_hex(password); `plainOnly` leaves those two to client keys and stores no such
 * digest. `replaced`: SHA-256 of the bcrypt hash that it replaced, by which an import recognises a password
 * that it has imported before.
 * @see PROTOCOL §4
 */
export type HashedPassword =
  | {
      readonly accepts: 'anyForm';
      readonly verifier: Verifier;
      readonly sealed: string;
      readonly replaced?: string;
    }
  | { readonly accepts: 'plainOnly'; readonly verifier: Verifier; readonly replaced?: string };

/**
 * A bcrypt hash of the password itself, imported from another site: only the plain password can be checked
 * against it. The first right one replaces it by a hashed password that accepts `becomes`.
 */
export interface BcryptPassword {
  readonly accepts: 'plainOnce';
  readonly bcrypt: string;
  readonly becomes: HashedPassword['accepts'];
}

/** An account's own password, in one of its stored forms. */
export type Password = HashedPassword | BcryptPassword;

/** A generated secret that works wherever the password does. Times are Unix seconds. */
export interface ClientKey {
  readonly id: ClientKeyId;
  readonly name: string;
  /** SHA-256 of md5_hex(secret): serves `password` and `hpassword`. */
  readonly digest: string;
  /** md5_hex(secret), sealed: serves challenges. */
  readonly sealed: string;
  readonly created: number;
  readonly lastUsed?: number;
}

/** One account, as it is stored. */
export interface Account {
  readonly username: Username;
  readonly userid: UserId;
  readonly fullname: string;
  readonly status: Status;
  /** Sessions of an earlier generation are dead: `expireall` is one increment. */
  readonly generation: number;
  /** Unix seconds. */
  readonly created: number;
  readonly message?: string;
  readonly friendgroups: readonly FriendGroup[];
  readonly usejournals: readonly string[];
  readonly pictures: readonly Picture[];
  readonly defaultpicurl?: string;
  readonly fastserver: boolean;
  readonly caps: number;
  /** Absent: the account has no password, only client keys or nothing. */
  readonly password?: Password;
  readonly clientKeys: readonly ClientKey[];
  /** md5_hex of the account's secret at the site behind, sealed. @see PROTOCOL §10 */
  readonly upstreamKey?: string;
}

/** What a sealed digest is for, so that one cannot be used in place of another. */
export type SealPurpose = 'password' | 'upstream-key' | `client-key:${string}`;
