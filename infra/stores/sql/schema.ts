/** The tables, as a list of migrations: number n changes a database of version n-1 to version n. */

/** Times are Unix seconds, except `refused.at`, which is Unix milliseconds. */
export const migrations: readonly (readonly string[])[] = [
  [
    // `details` is the rest of core/accounts/account-record.ts, as JSON.
    `CREATE TABLE accounts (
      username TEXT NOT NULL PRIMARY KEY,
      userid INTEGER NOT NULL UNIQUE,
      status TEXT NOT NULL,
      generation INTEGER NOT NULL,
      details TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`,

    // An ended session keeps its row, so that its id stays taken, and loses its digest.
    `CREATE TABLE sessions (
      owner TEXT NOT NULL,
      id INTEGER NOT NULL,
      digest TEXT,
      generation INTEGER,
      term TEXT,
      created INTEGER,
      expires INTEGER,
      network TEXT,
      agent TEXT,
      ended INTEGER NOT NULL,
      forget_after INTEGER NOT NULL,
      PRIMARY KEY (owner, id)
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX sessions_to_forget ON sessions (forget_after)',

    `CREATE TABLE spent (
      nonce TEXT NOT NULL PRIMARY KEY,
      forget_after INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX spent_to_forget ON spent (forget_after)',

    `CREATE TABLE refused (
      key TEXT NOT NULL,
      at INTEGER NOT NULL,
      forget_after INTEGER NOT NULL
    ) STRICT`,
    'CREATE INDEX refused_by_key ON refused (key, at)',
    'CREATE INDEX refused_to_forget ON refused (forget_after)',
  ],
  [
    // Every write increments it, so that an operator's change fails when the account has changed since it was read.
    'ALTER TABLE accounts ADD COLUMN revision INTEGER NOT NULL DEFAULT 0',
    `CREATE TABLE counters (
      name TEXT NOT NULL PRIMARY KEY,
      value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
  ],
  [
    // Ordered by time: new rows are next to each other, and expired rows come first.
    `CREATE TABLE spent_in_order (
      forget_after INTEGER NOT NULL,
      nonce TEXT NOT NULL,
      PRIMARY KEY (forget_after, nonce)
    ) STRICT, WITHOUT ROWID`,
    'INSERT INTO spent_in_order (forget_after, nonce) SELECT forget_after, nonce FROM spent',
    'DROP TABLE spent',
    'ALTER TABLE spent_in_order RENAME TO spent',
  ],
  [
    // The ids of the root secrets that records here need.
    `CREATE TABLE secrets (
      id TEXT NOT NULL PRIMARY KEY
    ) STRICT, WITHOUT ROWID`,
    // A sealed text has the form `s1.ID.BODY`.
    `INSERT INTO secrets (id)
     SELECT json_extract(details, '$.password.verifier.secret') FROM accounts
     WHERE json_extract(details, '$.password.verifier.secret') IS NOT NULL
     UNION
     SELECT substr(sealed, 4, instr(substr(sealed, 4), '.') - 1) FROM (
       SELECT json_extract(details, '$.password.sealed') AS sealed FROM accounts
       UNION ALL
       SELECT json_extract(value, '$.sealed') FROM accounts, json_each(details, '$.clientKeys')
     ) WHERE sealed LIKE 's1.%.%'`,
  ],
  // How a session was made; NULL in sessions made before this migration.
  ['ALTER TABLE sessions ADD COLUMN via TEXT'],
  [
    // What a site's own code shows to the interface for sites. `details` is core/auth/token.ts as JSON.
    `CREATE TABLE tokens (
      id TEXT NOT NULL PRIMARY KEY,
      details TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`,
  ],
  // When a session was last used; NULL in its first hour.
  ['ALTER TABLE sessions ADD COLUMN lastUsed INTEGER'],
];
