/** Records in the form in which operators get them: plain data, times in ISO 8601, nothing secret. */
import type { Account, ClientKey, Status } from '../../core/accounts/account.ts';
import type { StoredAccount } from '../../core/accounts/administration.ts';
import type { Session } from '../../core/sessions/session.ts';
import type { SessionVia } from '../../core/sessions/session-via.ts';
import { versionOf } from './operator-context.ts';

/** The forms in which an account's password is accepted. */
export type PasswordForm = 'any form' | 'plain only' | 'bcrypt until the next log-in' | 'none';

/** An account in a list. */
export interface AccountRow {
  readonly username: string;
  readonly userid: number;
  readonly fullname: string;
  readonly status: Status;
  readonly password: PasswordForm;
  readonly keys: number;
  readonly created: string;
}

/** A client key, without its secret. */
export interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  /** Exact to the hour. */
  readonly lastUsed: string | null;
}

/** A session, without its AUTH part. */
export interface SessionRow {
  readonly id: number;
  readonly created: string;
  readonly expires: string;
  /** Noted at most once an hour; `null` in its first hour. */
  readonly lastUsed: string | null;
  readonly network: string | null;
  readonly agent: string | null;
  /** How it was made; `null` where that was not noted. */
  readonly via: SessionVia['by'] | null;
  /** The id of the client key that made it. */
  readonly key: string | null;
}

/** A whole account. */
export interface AccountView extends Omit<AccountRow, 'keys'> {
  readonly message: string | null;
  readonly friendgroups: Account['friendgroups'];
  readonly usejournals: Account['usejournals'];
  readonly pictures: Account['pictures'];
  readonly defaultpicurl: string | null;
  readonly fastserver: boolean;
  readonly caps: number;
  readonly keys: readonly KeyRow[];
  /** Whether it has a secret at the site behind. */
  readonly upstreamKey: boolean;
  readonly generation: number;
  /** Another after each change. */
  readonly version: string;
}

/** A time in Unix seconds as ISO 8601. */
export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function formOf({ password }: Account): PasswordForm {
  switch (password?.accepts) {
    case 'anyForm':
      return 'any form';
    case 'plainOnly':
      return 'plain only';
    case 'plainOnce':
      return 'bcrypt until the next log-in';
    case undefined:
      return 'none';
  }
}

/** The row of an account. */
export function rowOf(account: Account): AccountRow {
  const { username, userid, fullname, status } = account;
  return {
    username,
    userid,
    fullname,
    status,
    password: formOf(account),
    keys: account.clientKeys.length,
    created: iso(account.created),
  };
}

/** The whole of an account. */
export function viewOf(stored: StoredAccount): AccountView {
  const { account } = stored;
  const { friendgroups, usejournals, pictures, fastserver, caps, generation } = account;
  return {
    ...rowOf(account),
    message: account.message ?? null,
    friendgroups,
    usejournals,
    pictures,
    defaultpicurl: account.defaultpicurl ?? null,
    fastserver,
    caps,
    keys: account.clientKeys.map(keyRow),
    upstreamKey: account.upstreamKey !== undefined,
    generation,
    version: versionOf(stored),
  };
}

/** A client key. */
export function keyRow({ id, name, created, lastUsed }: ClientKey): KeyRow {
  return { id, name, created: iso(created), lastUsed: lastUsed === undefined ? null : iso(lastUsed) };
}

/** A session. */
export function sessionRow({ id, created, expires, lastUsed, network, agent, via }: Session): SessionRow {
  return {
    id,
    created: iso(created),
    expires: iso(expires),
    lastUsed: lastUsed === undefined ? null : iso(lastUsed),
    network: network ?? null,
    agent: agent ?? null,
    via: via?.by ?? null,
    key: via?.by === 'clientKey' ? via.key : null,
  };
}
