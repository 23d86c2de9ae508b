/** What a row looks like: readable in the console, with digests in the place of secrets. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Account } from '../../../core/account.ts';
import { decodeAccount, encodeAccount } from '../../../core/account-record.ts';
import type { RefusalKey } from '../../../core/bans.ts';
import { rowLifetime, type Session, type SessionId } from '../../../core/session.ts';
import type { Username } from '../../../core/username.ts';
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

/** Key of a spent challenge's row: the challenge is the owner, whoever spent it. */
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

/** A session's row. `expires` is the table's TTL, so the session's own end is called `ends`. */
export function sessionItem(session: Session): Item {
  const { owner, id, expires, ...rest } = session;
  const agent = storableAgent(session);
  const attributes = { ...rest, id, agent, ends: expires, expires: expires + rowLifetime };
  return { ...sessionKey(owner, id), ...marshall(attributes, { removeUndefinedValues: true }) };
}

/** What stays of a session that was ended: its id, taken until `keepUntil` (Unix seconds). */
export function tombstone(owner: Username, id: SessionId, keepUntil: number): Item {
  return { ...sessionKey(owner, id), ...marshall({ id, ended: true, expires: keepUntil }) };
}

/** Whether a session's row is what stays of one that was ended. */
export function isTombstone(item: Item): boolean {
  return item['ended']?.BOOL === true;
}

/** @throws {StoreFailed} when the row is no session */
export function readSession(item: Item): Session {
  const { ends, ...row } = unmarshall(item);
  return decodeSession({ ...row, expires: ends });
}

/**
 * A refusal's time as a member of a number set: the random fraction tells refusals of one
 * millisecond apart, and makes an ADD that is sent twice count once.
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
