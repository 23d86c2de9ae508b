/** The statements of the SQL stores. They also work on D1, which has JSON functions but no open transactions. */
import type {
  Account,
  BcryptPassword,
  ClientKeyId,
  HashedPassword,
  Verifier,
} from '../../../core/accounts/account.ts';
import { encodeAccount } from '../../../core/accounts/account-record.ts';
import type { Username } from '../../../core/accounts/username.ts';
import type { RefusalKey } from '../../../core/auth/bans.ts';
import type { RefusalEntry } from '../../../core/ports.ts';
import { type Statement, statement } from './driver.ts';

export function selectAccount(username: Username): Statement {
  return statement('SELECT * FROM accounts WHERE username = ?1', username);
}

/** At most two keys for a call. One parameter for each costs a quarter of reading them from JSON. */
export function selectRefusals(keys: readonly RefusalKey[]): Statement {
  return statement(refusalsOf[keys.length] ?? refusalsOfMany(keys.length), ...keys);
}

function refusalsOfMany(count: number): string {
  const list = Array.from({ length: count }, (_, i) => `?${i + 1}`);
  return `SELECT key, at FROM refused WHERE key IN (${list.join(', ')})`;
}

const refusalsOf = [0, 1, 2].map(refusalsOfMany);

/** Returns a row when the account was added; fails when its userid is taken. */
export function insertAccount(account: Account): Statement {
  return insertion(account, 'ON CONFLICT (username) DO NOTHING');
}

/** Returns a row when the account was added; returns none when its name or userid is taken. */
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

export function updateBcrypt(
  username: Username,
  { accepts, bcrypt, becomes }: BcryptPassword,
  replacement: HashedPassword,
): Statement {
  return statement(
    `UPDATE accounts SET details = json_set(details, '$.password', json(?2)), revision = revision + 1
     WHERE username = ?1
       AND json_extract(details, '$.password.accepts') = ?3
       AND json_extract(details, '$.password.bcrypt') = ?4
       AND json_extract(details, '$.password.becomes') = ?5`,
    username,
    JSON.stringify(replacement),
    accepts,
    bcrypt,
    becomes,
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

/** Returns a row when the challenge was not spent before. */
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

export const selectSecretIds = statement('SELECT id FROM secrets');

export function insertSecretIds(ids: readonly string[]): Statement {
  // Without `WHERE`, SQLite reads `ON` as the condition of a join.
  return statement(
    'INSERT INTO secrets (id) SELECT value FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING',
    JSON.stringify(ids),
  );
}

export function deleteSecretIds(ids: readonly string[]): Statement {
  return statement('DELETE FROM secrets WHERE id IN (SELECT value FROM json_each(?1))', JSON.stringify(ids));
}
