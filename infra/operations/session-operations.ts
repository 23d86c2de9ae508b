/** An account's sessions: listed a page at a time, and ended. */
import type { Account } from '../../core/accounts/account.ts';
import type { Username } from '../../core/accounts/username.ts';
import { isAlive, rowLifetime, type Session } from '../../core/sessions/session.ts';
import type { SessionId } from '../../core/sessions/session-string.ts';
import { change, find, OperationRefused, type Operator, secondsOf } from './operator-context.ts';
import { type SessionRow, sessionRow } from './views.ts';

/** Valid sessions; `next` is what the next page comes after, absent on the last. */
export interface ValidSessions {
  readonly sessions: readonly Session[];
  readonly next?: SessionId;
}

/** Pages that are read for one: most of an account's sessions may be over. */
const mostReads = 20;

/** At most `size` valid sessions of an account. They may be fewer, or none, and there still be a next page. */
export async function validSessions(
  operator: Pick<Operator, 'store' | 'clock'>,
  account: Account,
  after: SessionId | undefined,
  size: number,
): Promise<ValidSessions> {
  let next = after;
  for (let read = 0; read < mostReads; read++) {
    const page = await operator.store.admin.sessions.page(account.username, next, size);
    const sessions = page.sessions.filter((session) => isAlive(session, account, secondsOf(operator)));
    next = page.next;
    if (next === undefined) return { sessions };
    if (sessions.length > 0) return { sessions, next };
  }
  return { sessions: [], ...(next !== undefined && { next }) };
}

/** A page of a list of sessions. */
export interface SessionRows {
  readonly sessions: readonly SessionRow[];
  /** What the next page comes after. */
  readonly next?: number;
}

/** The valid sessions of an account, a page of them. @throws {OperationRefused} when there is no such account */
export async function listSessions(
  operator: Operator,
  username: Username,
  after: SessionId | undefined,
  size: number,
): Promise<SessionRows> {
  const { account } = await find(operator, username);
  const { sessions, ...rest } = await validSessions(operator, account, after, size);
  return { sessions: sessions.map(sessionRow), ...rest };
}

/** Every valid session after one, however many. @throws {OperationRefused} when there is no such account */
export async function* eachSession(
  operator: Operator,
  username: Username,
  after?: SessionId,
): AsyncGenerator<SessionRow> {
  const { account } = await find(operator, username);
  let next = after;
  do {
    const page = await validSessions(operator, account, next, 200);
    yield* page.sessions.map(sessionRow);
    next = page.next;
  } while (next !== undefined);
}

/** What was ended: sessions by their ids, or all. */
export interface Expired {
  readonly username: string;
  readonly expired: readonly number[] | 'all';
}

/** Ends sessions by id. @throws {OperationRefused} when one of them is not there: then none is ended */
export async function expireSessions(
  operator: Operator,
  username: Username,
  ids: readonly SessionId[],
): Promise<Expired> {
  const { account } = await find(operator, username);
  const { sessions } = await operator.store.records.read({ account: username, sessions: ids, refusals: [] });
  const now = secondsOf(operator);
  const missing = ids.filter((id) => {
    const session = sessions.get(id);
    return !session || !isAlive(session, account, now);
  });
  if (missing.length > 0) {
    const hint = `npx ljgate sessions list ${username} shows those that there are`;
    throw new OperationRefused(`account "${username}" has no session ${missing.join(', ')}`, {
      kind: 'not found',
      hint,
    });
  }
  await operator.store.sessions.expire(username, ids, now + rowLifetime);
  return { username, expired: ids };
}

/** Ends every session, in one write. @throws {OperationRefused} when there is no such account */
export async function expireAllSessions(operator: Operator, username: Username): Promise<Expired> {
  await find(operator, username);
  await operator.store.accounts.endSessions(username);
  return { username, expired: 'all' };
}

/**
 * Ends every session for its owner, in one write, however many there are. Gives the account as written: a
 * session that is made for the owner afterwards belongs to that generation.
 * @param confirmed the account in which its owner confirmed it
 * @throws {OperationRefused | ConfirmationOutdated}
 */
export function endGeneration(operator: Operator, confirmed: Account): Promise<Account> {
  const end = (account: Account): Account => ({ ...account, generation: account.generation + 1 });
  return change(operator, confirmed.username, end, { confirmed });
}
