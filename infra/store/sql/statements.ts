/** Every statement of the SQL stores. Only what D1 speaks too: JSON functions, no open transactions. */
import type { Account, ClientKeyId, HashedPassword, Verifier } from '../../../core/account.ts';
import { encodeAccount } from '../../../core/account-record.ts';
import type { RefusalKey } from '../../../core/bans.ts';
import type { RefusalEntry } from '../../../core/ports.ts';
import { rowLifetime, type Session, type SessionId } from '../../../core/session.ts';
import type { Username } from '../../../core/username.ts';
import { storableAgent } from '../session-record.ts';
import { type Statement, statement } from './driver.ts';

export function selectAccount(username: Username): Statement {
  return statement('SELECT * FROM accounts WHERE username = ?1', username);
}

/** Lists travel as one JSON parameter: D1 takes no more than 100. */
export function selectSessions(owner: Username, ids: readonly SessionId[]): Statement {
  return statement(
    `SELECT * FROM sessions
     WHERE owner = ?1 AND id IN (SELECT value FROM json_each(?2))`,
    owner,
    JSON.stringify(ids),
  );
}

/** Keys are few, at most two to a call, and spelled out, which costs a quarter of reading them from JSON. */
export function selectRefusals(keys: readonly RefusalKey[]): Statement {
  return statement(refusalsOf[keys.length] ?? refusalsOfMany(keys.length), ...keys);
}

function refusalsOfMany(count: number): string {
  const list = Array.from({ length: count }, (_, i) => `?${i + 1}`);
  return `SELECT key, at FROM refused WHERE key IN (${list.join(', ')})`;
}

const refusalsOf = [0, 1, 2].map(refusalsOfMany);

/** Gives a row when the account was added; a number that is taken is an error. */
export function insertAccount(account: Account): Statement {
  return insertion(account, 'ON CONFLICT (username) DO NOTHING');
}

/** Gives a row when the account was added, and none when its name or its number is taken. */
export function insertAccountRow(account: Account): Statement {
  return insertion(account, 'ON CONFLICT DO NOTHING');
}

function insertion(account: Account, conflict: string): Statement {
  const { username, userid, status, generation, ...details } = encodeAccount(account);
  return statement(
    `INSERT INTO accounts (username, userid, status, generation, details) VALUES (?1, ?2, ?3, ?4, ?5)
     ${conflict} RETURNING username`,
    username,
    userid,
    status,
    generation,
    JSON.stringify(details),
  );
}

export function raiseGeneration(username: Username): Statement {
  return statement(
    'UPDATE accounts SET generation = generation + 1, revision = revision + 1 WHERE username = ?1',
    username,
  );
}

export function updateVerifier(username: Username, old: Verifier, replacement: Verifier): Statement {
  return statement(
    `UPDATE accounts
     SET details = json_set(details, '$.password.verifier', json(?4)), revision = revision + 1
     WHERE username = ?1
       AND json_extract(details, '$.password.verifier.phc') = ?2
       AND json_extract(details, '$.password.verifier.secret') = ?3`,
    username,
    old.phc,
    old.secret,
    JSON.stringify(replacement),
  );
}

export function updateBcrypt(username: Username, bcrypt: string, replacement: HashedPassword): Statement {
  return statement(
    `UPDATE accounts SET details = json_set(details, '$.password', json(?3)), revision = revision + 1
     WHERE username = ?1 AND json_extract(details, '$.password.bcrypt') = ?2`,
    username,
    bcrypt,
    JSON.stringify(replacement),
  );
}

export function updateKeyUse(username: Username, key: ClientKeyId, at: number): Statement {
  return statement(
    `UPDATE accounts SET details = json_set(details, ?2 || '.lastUsed', ?3), revision = revision + 1
     WHERE username = ?1 AND json_type(details, ?2) = 'object'`,
    username,
    `$.clientKeys.${JSON.stringify(key)}`,
    at,
  );
}

/** Gives a row when the session was added. */
export function insertSession(session: Session): Statement {
  return statement(
    `INSERT INTO sessions
       (owner, id, digest, generation, term, created, expires, network, agent, ended, forget_after)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10)
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
    session.expires + rowLifetime,
  );
}

export function endSessions(owner: Username, ids: readonly SessionId[], keepUntil: number): Statement {
  return statement(
    `UPDATE sessions SET ended = 1, forget_after = ?3, digest = NULL, network = NULL, agent = NULL
     WHERE owner = ?1 AND id IN (SELECT value FROM json_each(?2))`,
    owner,
    JSON.stringify(ids),
    keepUntil,
  );
}

/** Gives a row when the challenge was not spent before. */
export function insertSpent(nonce: string, keepUntil: number): Statement {
  return statement(
    'INSERT INTO spent (nonce, forget_after) VALUES (?1, ?2) ON CONFLICT DO NOTHING RETURNING nonce',
    nonce,
    keepUntil,
  );
}

export function countRefusal({ key, dropBefore, keepUntil }: RefusalEntry, at: number): Statement[] {
  return [
    statement('DELETE FROM refused WHERE key = ?1 AND at < ?2', key, dropBefore),
    statement(
      'INSERT INTO refused (key, at, forget_after) VALUES (?1, ?2, ?3)',
      key,
      at,
      Math.ceil(keepUntil / 1000),
    ),
  ];
}

/** Drops what may be forgotten at `now`, Unix seconds. */
export function forget(now: number): Statement[] {
  return ['sessions', 'spent', 'refused'].map((table) =>
    statement(`DELETE FROM ${table} WHERE forget_after < ?1`, now),
  );
}
