/** The tables of a D1 database. The migrations that it has are listed in wrangler's own table. */
import { StoreFailed } from '../../../core/failures.ts';
import { type Finding, failed, passed } from '../finding.ts';
import { type Rows, type SqlDriver, type Statement, statement } from '../sql/driver.ts';
import { migrations } from '../sql/schema.ts';

/** A migration as a file for `wrangler d1 migrations apply`. */
export interface MigrationFile {
  readonly name: string;
  readonly sql: string;
}

/** The files that infra/stores/d1/migrations must have. */
export const migrationFiles: readonly MigrationFile[] = migrations.map((statements, i) => ({
  name: `${String(i + 1).padStart(4, '0')}_ljgate.sql`,
  sql: `${statements.map((sql) => sql.replaceAll(/^ {4}/gm, '')).join(';\n\n')};\n`,
}));

/** wrangler's table, as wrangler makes it. */
const createMigrationTable = statement(
  `CREATE TABLE IF NOT EXISTS d1_migrations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT UNIQUE,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
  )`,
);

/** Applies the migrations that are missing, as wrangler does; of several at once, one does it. */
export async function prepareTables(driver: SqlDriver): Promise<void> {
  const applied = await appliedIn(driver);
  const missing = migrationFiles.flatMap(({ name }, i) => (applied.has(name) ? [] : migration(name, i)));
  if (missing.length === 0) return;
  try {
    await driver.write([createMigrationTable, ...missing]);
  } catch (error) {
    const now = await appliedIn(driver);
    if (!migrationFiles.every(({ name }) => now.has(name))) throw error;
  }
}

function migration(name: string, index: number): Statement[] {
  const statements = (migrations[index] ?? []).map((sql) => statement(sql));
  return [...statements, statement('INSERT INTO d1_migrations (name) VALUES (?1)', name)];
}

const selectApplied = statement('SELECT name FROM d1_migrations');
const checkPages = statement('PRAGMA quick_check(3)');

/** Names of the migrations that a database has. */
async function appliedIn(driver: SqlDriver): Promise<ReadonlySet<string>> {
  const [rows = []] = await readBeside(driver, []);
  return new Set(rows.map((row) => String(row['name'])));
}

/** Reads wrangler's table and others in one round trip; where there is no such table, it is empty. */
async function readBeside(driver: SqlDriver, others: readonly Statement[]): Promise<Rows> {
  try {
    return await driver.read([selectApplied, ...others]);
  } catch (error) {
    if (!(error instanceof StoreFailed && error.message.includes('no such table: d1_migrations')))
      throw error;
    return [[], ...(await driver.read(others))];
  }
}

/** Checks the tables' version and the pages. */
export async function inspectTables(driver: SqlDriver): Promise<Finding[]> {
  const [rows = [], pages = []] = await readBeside(driver, [checkPages]);
  const applied = new Set(rows.map((row) => row['name']));
  const missing = migrationFiles.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
  const faults = pages.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
  return [
    missing.length === 0
      ? passed('database: tables', `version ${migrations.length}`)
      : failed(
          'database: tables',
          `lacks ${missing.join(', ')}`,
          'run: npx ljgate tables create, or wrangler d1 migrations apply',
        ),
    faults.length === 0
      ? passed('database: pages', 'sound')
      : failed('database: pages', faults.join('; '), 'restore it: wrangler d1 time-travel restore'),
  ];
}
