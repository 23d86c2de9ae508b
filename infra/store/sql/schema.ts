/** The tables, as a list of migrations: the n-th brings a database of version n-1 to version n. */

/** Times are Unix seconds, but for `refused.at`, which is Unix milliseconds. */
export const migrations: readonly (readonly string[])[] = [
  [
    // `details` is the rest of core/account-record.ts, as JSON.
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
    // Counted up by every write: what an operator changes must still be what was read.
    'ALTER TABLE accounts ADD COLUMN revision INTEGER NOT NULL DEFAULT 0',
    `CREATE TABLE counters (
      name TEXT NOT NULL PRIMARY KEY,
      value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
  ],
  [
    // In the order of time: new rows stand together, and what may be forgotten stands in front.
    `CREATE TABLE spent_in_order (
      forget_after INTEGER NOT NULL,
      nonce TEXT NOT NULL,
      PRIMARY KEY (forget_after, nonce)
    ) STRICT, WITHOUT ROWID`,
    'INSERT INTO spent_in_order (forget_after, nonce) SELECT forget_after, nonce FROM spent',
    'DROP TABLE spent',
    'ALTER TABLE spent_in_order RENAME TO spent',
  ],
];
