/** The statements of the SQL stores that are about sessions. */
import type { Username } from '../../../core/accounts/username.ts';
import { rowLifetime, type Session } from '../../../core/sessions/session.ts';
import type { SessionId } from '../../../core/sessions/session-string.ts';
import { viaText } from '../../../core/sessions/session-via.ts';
import { storableAgent } from '../session-record.ts';
import { type Statement, statement } from './driver.ts';

/** A list is one JSON parameter, because D1 accepts at most 100 parameters. */
export function selectSessions(owner: Username, ids: readonly SessionId[]): Statement {
  return statement(
    `SELECT * FROM sessions
     WHERE owner = ?1 AND id IN (SELECT value FROM json_each(?2))`,
    owner,
    JSON.stringify(ids),
  );
}

/** Ids are below 2^31. @see core/accounts/administration.ts `SessionDirectory.page` */
export function selectSessionPage(owner: Username, after: SessionId | undefined, size: number): Statement {
  return statement(
    `SELECT * FROM sessions WHERE owner = ?1 AND id < ?2 AND ended = 0
     ORDER BY id DESC LIMIT ?3`,
    owner,
    after ?? 2 ** 31,
    size,
  );
}

/** Returns a row when the session was added. */
export function insertSession(session: Session): Statement {
  return statement(
    `INSERT INTO sessions
       (owner, id, digest, generation, term, created, expires, network, agent, via, lastUsed, ended, forget_after)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?12)
     ON CONFLICT (owner, id) DO NOTHING RETURNING id`,
    session.owner,
    session.id,
    session.digest,
    session.generation,
    session.term,
    session.created,
    session.expires,
    session.network ?? null,
    storableAgent(session) ?? null,
    session.via ? viaText(session.via) : null,
    session.lastUsed ?? null,
    session.expires + rowLifetime,
  );
}

export function endSessions(owner: Username, ids: readonly SessionId[], keepUntil: number): Statement {
  return statement(
    `UPDATE sessions SET ended = 1, forget_after = ?3, digest = NULL, network = NULL, agent = NULL,
       via = NULL, lastUsed = NULL
     WHERE owner = ?1 AND id IN (SELECT value FROM json_each(?2))`,
    owner,
    JSON.stringify(ids),
    keepUntil,
  );
}

/** Changes no session that has ended. */
export function updateSessionUse(owner: Username, id: SessionId, at: number): Statement {
  return statement(
    'UPDATE sessions SET lastUsed = ?3 WHERE owner = ?1 AND id = ?2 AND ended = 0',
    owner,
    id,
    at,
  );
}
