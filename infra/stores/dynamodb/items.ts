/** The form of the rows: readable in the AWS console, with digests instead of secrets. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Account } from '../../../core/accounts/account.ts';
import { decodeAccount, encodeAccount } from '../../../core/accounts/account-record.ts';
import type { Username } from '../../../core/accounts/username.ts';
import type { RefusalKey } from '../../../core/auth/bans.ts';
import { rowLifetime, type Session } from '../../../core/sessions/session.ts';
import { parseSessionId, type SessionId } from '../../../core/sessions/session-string.ts';
import { viaText } from '../../../core/sessions/session-via.ts';
import { decodeSession, storableAgent } from '../session-record.ts';

/** A row, or the key of one. */
export type Item = Record<string, AttributeValue>;

/** Owners other than accounts have a `#` in their names, which no username has. */
function key(owner: string, item: string): Item {
  return { owner: { S: owner }, item: { S: item } };
}

/** Key of a session's row. */
export function sessionKey(owner: Username, id: SessionId): Item {
  return key(owner, `session#${id}`);
}

/** The id in the key of a session's row. */
export function sessionIdIn({ item }: Item): SessionId | undefined {
  return parseSessionId(item?.S?.replace('session#', '') ?? '');
}

/** Key of a spent challenge's row. The challenge is the owner, not the account that spent it. */
export function spentKey(nonce: string): Item {
  return key(`challenge#${nonce}`, 'spent');
}

/** Key of a row of refused log-ins. */
export function refusedKey(refusalKey: RefusalKey): Item {
  return key(`refused#${refusalKey}`, 'login');
}

/** An account's row in the users table. */
export function accountItem(account: Account): Item {
  return marshall(encodeAccount(account), { removeUndefinedValues: true });
}

/** @throws {StoreFailed} when the row is no account */
export function readAccount(item: Item): Account {
  return decodeAccount(unmarshall(item));
}

/** A session's row. `expires` is the table's TTL, so the end of the session is named `ends`. */
export function sessionItem(session: Session): Item {
  const { owner, id, expires, via, ...rest } = session;
  const agent = storableAgent(session);
  const attributes = {
    ...rest,
    id,
    agent,
    via: via && viaText(via),
    ends: expires,
    expires: expires + rowLifetime,
  };
  return { ...sessionKey(owner, id), ...marshall(attributes, { removeUndefinedValues: true }) };
}

/** The row of an ended session. It reserves the id until `keepUntil` (Unix seconds). */
export function tombstone(owner: Username, id: SessionId, keepUntil: number): Item {
  return { ...sessionKey(owner, id), ...marshall({ id, ended: true, expires: keepUntil }) };
}

/** Whether the row is of an ended session. */
export function isTombstone(item: Item): boolean {
  return item['ended']?.BOOL === true;
}

/** @throws {StoreFailed} when the row is no session */
export function readSession(item: Item): Session {
  const { ends, ...row } = unmarshall(item);
  return decodeSession({ ...row, expires: ends });
}

/**
 * A refusal's time as a member of a number set. The random fraction makes refusals of one millisecond different, and
 * an ADD that is sent twice counts once.
 */
export function timeMember(at: number): string {
  const fraction = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return `${Math.floor(at)}.${String(fraction).padStart(10, '0')}1`;
}

/** The millisecond of a set's member. */
export function timeOf(member: string): number {
  return Number.parseInt(member, 10);
}

/** The members of a row of refused log-ins. */
export function timeMembers(item: Item | undefined): readonly string[] {
  return item?.['times']?.NS ?? [];
}
