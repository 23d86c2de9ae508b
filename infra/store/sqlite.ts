/** The embedded store: SQLite as Node itself carries it, in one file that processes may share. */
import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreFailed } from '../../core/ports.ts';
import { groupCommit } from './group-commit.ts';
import type { Finding, OpenStore } from './open-store.ts';
import { migrations } from './sql/schema.ts';
import { sqlStore } from './sql/store.ts';
import { sqliteDriver } from './sqlite-driver.ts';
import { busy, resultCode, translated } from './sqlite-errors.ts';

/** Milliseconds to wait for another process that writes. */
const patience = 5000;

/** Whether there is a database to open: opening makes one. */
export function sqliteExists(path: string): boolean {
  return existsSync(path);
}

/**
 * Opens the file, making it and its folder when missing, readable by their owner alone: it holds
 * password verifiers.
 * @throws {StoreUnavailable} when the file cannot be opened or written
 * @throws {StoreFailed} when it is no database, or one of a later version
 */
export function openSqlite(path: string): OpenStore {
  const database = translated(`cannot open ${path}`, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    return openDatabase(path);
  });
  const log = groupCommit(path);
  return {
    ...sqlStore(sqliteDriver(database, log)),
    description: `sqlite:${path}`,
    async prepare() {},
    inspect: async () => translated(`looking at ${path}`, () => inspect(database, path)),
    async serverTime() {
      return undefined;
    },
    async close() {
      await log.close();
      if (database.isOpen) database.close();
    },
  };
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: patience });
  try {
    useWal(database);
    // Commits are brought to the disk together, and acknowledged after that. A checkpoint of this many
    // pages (16 MB) writes each page once, however many commits changed it.
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * The write-ahead log: no reader waits for a writer. SQLite does not wait for its lock here,
 * whatever the time-out, so of several processes that make the file at once some must try again.
 */
function useWal(database: DatabaseSync): void {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (resultCode(error) !== busy || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** Brings the tables up to date; of several processes that start at once, one does it. */
function migrate(database: DatabaseSync): void {
  if (versionOf(database) === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  const version = versionOf(database);
  if (version > migrations.length) {
    const known = `this ljgate knows versions up to ${migrations.length}`;
    throw new StoreFailed(`the database has tables of version ${version}, ${known}: use a newer ljgate`);
  }
  for (const statement of migrations.slice(version).flat()) database.exec(statement);
  database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Windows keeps access lists instead of modes. */
function inspect(database: DatabaseSync, path: string): Finding[] {
  const version = versionOf(database);
  const known = migrations.length;
  const pages = database.prepare('PRAGMA quick_check(3)').all();
  const faults = pages.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
  const open = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
  const name = (what: string) => `database: ${what}`;
  return [
    version === known
      ? { what: name('tables'), well: true, detail: `version ${version}` }
      : {
          what: name('tables'),
          well: false,
          detail: `version ${version}, wanted ${known}`,
          remedy: 'run every ljgate on this file at one version',
        },
    faults.length === 0
      ? { what: name('pages'), well: true, detail: 'sound' }
      : {
          what: name('pages'),
          well: false,
          detail: faults.join('; '),
          remedy: `restore ${path} from a backup`,
        },
    open
      ? {
          what: name('access'),
          well: false,
          detail: `${path} is open to other users`,
          remedy: `run: chmod 600 ${path}`,
        }
      : { what: name('access'), well: true, detail: 'its owner alone' },
  ];
}
