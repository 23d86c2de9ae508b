import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { statement } from '../../../../infra/store/sql/driver.ts';
import { inlined } from '../../../../infra/store/sql/literals.ts';

test.each([
  '',
  "it's",
  "'; DROP TABLE accounts; --",
  '?1 $1 $& :a @b',
  'a\u0000b\r\nc\u007f\u0085',
  '☃ 🐐 \\ "x" `y` [z]',
  0,
  -1,
  2 ** 53 - 1,
  1.5,
  null,
])('%j is to SQLite what it is as a parameter', (value) => {
  const database = new DatabaseSync(':memory:');
  const sql = 'SELECT ?2 AS value, typeof(?2) AS type, ?1 AS one';
  expect(database.prepare(inlined(statement(sql, 1, value))).get()).toEqual({
    ...database.prepare(sql).get(1, value),
    // node:sqlite binds every number as a real, which only its type shows.
    ...(Number.isInteger(value) && { type: 'integer' }),
  });
  database.close();
});
