/** One body of SQL: what wrangler applies to D1 is what the schema says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../infra/stores/d1/d1-tables.ts';

const folder = fileURLToPath(new URL('../../../../infra/stores/d1/migrations', import.meta.url));

test('the files that wrangler applies are the migrations of the schema, one a file and none besides', () => {
  const files = readdirSync(folder).toSorted();
  expect(files.map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }))).toEqual(
    migrationFiles,
  );
});
