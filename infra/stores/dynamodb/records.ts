/** The one read of an authentication, over both tables. */
import type { RefusalKey } from '../../../core/auth/bans.ts';
import type { RecordReader } from '../../../core/ports.ts';
import type { Session } from '../../../core/sessions/session.ts';
import { type SessionId, sessionIdOf } from '../../../core/sessions/session-string.ts';
import { getAll } from './batches.ts';
import type { Connection } from './connection.ts';
import {
  type Item,
  isTombstone,
  readAccount,
  readSession,
  refusedKey,
  sessionKey,
  timeMembers,
  timeOf,
} from './items.ts';

/** The core's port: one BatchGetItem, strongly consistent. */
export function dynamodbRecords({ client, tables, run }: Connection): RecordReader {
  return {
    read: ({ account, sessions, refusals }) =>
      run('reading records', async (signal) => {
        const found = await getAll(client, signal, [
          [tables.users, { username: { S: account } }],
          ...sessions.map((id) => [tables.sessions, sessionKey(account, id)] as const),
          ...refusals.map((key) => [tables.sessions, refusedKey(key)] as const),
        ]);
        const [user] = found.get(tables.users) ?? [];
        const rows = found.get(tables.sessions) ?? [];
        return {
          account: user && readAccount(user),
          sessions: sessionsIn(rows),
          ended: endedIn(rows),
          refusals: refusalsIn(rows, refusals),
        };
      }),
  };
}

function sessionsIn(rows: readonly Item[]): Map<SessionId, Session> {
  const sessions = rows.filter((row) => isSession(row) && !isTombstone(row)).map(readSession);
  return new Map(sessions.map((session) => [session.id, session]));
}

function endedIn(rows: readonly Item[]): Set<SessionId> {
  const ended = rows.filter((row) => isSession(row) && isTombstone(row));
  return new Set(ended.map((row) => sessionIdOf(Number(row['id']?.N))));
}

function isSession(row: Item): boolean {
  return row['item']?.S?.startsWith('session#') === true;
}

function refusalsIn(rows: readonly Item[], keys: readonly RefusalKey[]): Map<RefusalKey, number[]> {
  const byOwner = new Map(rows.map((row) => [row['owner']?.S, row]));
  const times = keys.map((key): [RefusalKey, number[]] => {
    const row = byOwner.get(refusedKey(key)['owner']?.S);
    return [key, timeMembers(row).map(timeOf)];
  });
  return new Map(times.filter(([, list]) => list.length > 0));
}
