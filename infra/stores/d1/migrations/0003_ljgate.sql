CREATE TABLE spent_in_order (
  forget_after INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  PRIMARY KEY (forget_after, nonce)
) STRICT, WITHOUT ROWID;

INSERT INTO spent_in_order (forget_after, nonce) SELECT forget_after, nonce FROM spent;

DROP TABLE spent;

ALTER TABLE spent_in_order RENAME TO spent;
