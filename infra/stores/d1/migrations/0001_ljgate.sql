CREATE TABLE accounts (
  username TEXT NOT NULL PRIMARY KEY,
  userid INTEGER NOT NULL UNIQUE,
  status TEXT NOT NULL,
  generation INTEGER NOT NULL,
  details TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
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
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_to_forget ON sessions (forget_after);

CREATE TABLE spent (
  nonce TEXT NOT NULL PRIMARY KEY,
  forget_after INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_to_forget ON spent (forget_after);

CREATE TABLE refused (
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  forget_after INTEGER NOT NULL
) STRICT;

CREATE INDEX refused_by_key ON refused (key, at);

CREATE INDEX refused_to_forget ON refused (forget_after);
