/** The embedded store: Node's own SQLite, with one file that processes may share, or in memory. */
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { OpenStore, StoreObserver } from '../open-store.ts';
import { sqlStore } from '../sql/sql-store.ts';
import { bootEpoch } from './boot-epoch.ts';
import { checkpoints } from './checkpoints.ts';
import { fileHealth } from './file-health.ts';
import { type GroupCommit, groupCommit } from './group-commit.ts';
import { inspectDatabase } from './inspect.ts';
import { logPath, makeFile, openDatabase } from './open-database.ts';
import { type DatabaseFile, sqliteDriver } from './sqlite-driver.ts';
import { translated } from './sqlite-errors.ts';

/** Parts that tests replace, and who observes the store. */
export interface SqliteOptions {
  /** Flushes commits to the disk; takes the log's path. */
  readonly commit?: (path: string) => GroupCommit;
  /** How long a write lasts that was not flushed; takes the database's path. */
  readonly epoch?: (path: string) => string | undefined;
  readonly observer?: StoreObserver | undefined;
  /** Milliseconds from a write until it is copied from the log into the database. */
  readonly copyAfter?: number;
}

/** Whether the database exists: opening it would create it. */
export function sqliteExists(path: string): boolean {
  return existsSync(path);
}

/**
 * Opens the file. Creates it and its folder when missing, readable only by their owner, because it has password
 * verifiers.
 * @throws {StoreUnavailable} when the file cannot be opened or written
 * @throws {StoreFailed} when it is not a database, or has a later version
 */
export function openSqlite(
  path: string,
  { commit = groupCommit, epoch = bootEpoch, observer, copyAfter }: SqliteOptions = {},
): OpenStore {
  const [database, log] = translated(`cannot open ${path}`, () => {
    makeFile(path);
    return [openDatabase(path), commit(logPath(path))];
  });
  const health = fileHealth([path, logPath(path)]);
  const copying = checkpoints(path, {
    copyAfter,
    onFailedFlush: health.flushFailed,
    onEnd: () => database.isOpen && database.exec('PRAGMA wal_autocheckpoint = 4000'),
  });
  return {
    ...storeOn(database, `sqlite:${path}`, observer, {
      path,
      epoch: epoch(path),
      log,
      health,
      onCommit: copying.wrote,
    }),
    failed: health.failed,
    async close() {
      await copying.close();
      await log.settled();
      if (database.isOpen) database.close();
      // Flushes the commits of calls that still run.
      await log.settled();
      log.close();
    },
  };
}

/** Opens an empty database in memory. No other handle sees it, and closing deletes it. */
export function openSqliteInMemory(observer?: StoreObserver): OpenStore {
  return storeOn(openDatabase(':memory:'), 'memory', observer);
}

function storeOn(
  database: DatabaseSync,
  description: string,
  observer?: StoreObserver,
  file?: DatabaseFile,
): OpenStore {
  return {
    ...sqlStore(sqliteDriver(database, file, observer), observer),
    description,
    async prepare() {},
    inspect: async () => translated(`looking at ${description}`, () => inspectDatabase(database, file)),
    async serverTime() {
      return undefined;
    },
    async close() {
      if (database.isOpen) database.close();
    },
  };
}
