/** An account's sessions. */
import { isAlive, rowLifetime, type SessionId } from '../../core/session.ts';
import type { Username } from '../../core/username.ts';
import { find, type Operator, Refused, secondsOf } from './operator.ts';
import { type SessionRow, sessionRow } from './views.ts';

/** The sessions that still count. @throws {Refused} when there is no such account */
export async function listSessions(operator: Operator, username: Username): Promise<readonly SessionRow[]> {
  const [{ account }, sessions] = await Promise.all([
    find(operator, username),
    operator.store.admin.sessions.ofOwner(username),
  ]);
  const now = secondsOf(operator);
  return sessions.filter((session) => isAlive(session, account, now)).map(sessionRow);
}

/** What was ended: sessions by their ids, or all. */
export interface Expired {
  readonly username: string;
  readonly expired: readonly number[] | 'all';
}

/** Ends sessions by id. @throws {Refused} when one of them is not there: then none is ended */
export async function expireSessions(
  operator: Operator,
  username: Username,
  ids: readonly SessionId[],
): Promise<Expired> {
  const there = new Set((await listSessions(operator, username)).map(({ id }) => id));
  const missing = ids.filter((id) => !there.has(id));
  if (missing.length > 0) {
    const hint = `ljgate sessions list ${username} shows those that there are`;
    throw new Refused(`account "${username}" has no session ${missing.join(', ')}; ${hint}`);
  }
  await operator.store.sessions.expire(username, ids, secondsOf(operator) + rowLifetime);
  return { username, expired: ids };
}

/** Ends every session, in one write. @throws {Refused} when there is no such account */
export async function expireAllSessions(operator: Operator, username: Username): Promise<Expired> {
  await find(operator, username);
  await operator.store.accounts.endSessions(username);
  return { username, expired: 'all' };
}
