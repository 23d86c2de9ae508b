CREATE TABLE secrets (
  id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

INSERT INTO secrets (id)
 SELECT json_extract(details, '$.password.verifier.secret') FROM accounts
 WHERE json_extract(details, '$.password.verifier.secret') IS NOT NULL
 UNION
 SELECT substr(sealed, 4, instr(substr(sealed, 4), '.') - 1) FROM (
   SELECT json_extract(details, '$.password.sealed') AS sealed FROM accounts
   UNION ALL
   SELECT json_extract(value, '$.sealed') FROM accounts, json_each(details, '$.clientKeys')
 ) WHERE sealed LIKE 's1.%.%';
