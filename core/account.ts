/** Accounts: the profile that log-in returns, and the credentials that let a caller in. */
import type { Brand } from './brand.ts';
import type { Username } from './username.ts';

/** An account's number, a positive integer. */
export type UserId = Brand<number, 'UserId'>;

/** Names a client key within its account. */
export type ClientKeyId = Brand<string, 'ClientKeyId'>;

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
 * takes the sealed md5_hex(password); `plainOnly` leaves those two to client keys and keeps no such
 * digest. `replaced`: SHA-256 of the bcrypt hash that it took the place of, by which an import
 * knows that it brought this password before.
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
 * A bcrypt hash of the password itself, brought over from another site: only the plain password can
 * be held against it. The first that holds makes it a hashed password that accepts `becomes`.
 */
export interface BcryptPassword {
  readonly accepts: 'plainOnce';
  readonly bcrypt: string;
  readonly becomes: HashedPassword['accepts'];
}

/** An account's own password, in one of the forms in which it can be kept. */
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

/** One account, as stores keep it. */
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
}

/** Names what a sealed digest is for, so that one cannot be passed off as another. */
export type SealPurpose = 'password' | `client-key:${string}`;
