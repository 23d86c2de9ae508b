/** Opens a SQLite file: its log, its tables. */
import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreFailed } from '../../../core/failures.ts';
import { migrations } from '../sql/schema.ts';
import { lockDeadline } from './lock-queue.ts';
import { isBusy, isFailedFlush } from './sqlite-errors.ts';

/** Where a database keeps its write-ahead log. */
export function logPath(path: string): string {
  return `${path}-wal`;
}

/** Creates the file and its folder when missing, readable only by their owner. */
export function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // An existing file is not opened: closing it would release the locks that this process has on it.
  if (existsSync(path)) return;
  closeSync(openSync(path, 'a', 0o600));
  if (process.geteuid?.() !== 0) return;
  // What root makes in another user's folder is for that user's server. The log's files follow the database's owner.
  const { uid, gid } = statSync(dirname(path));
  chownSync(path, uid, gid);
}

/**
 * Opens a database and updates its tables. Only meanwhile does it wait for locks of other processes.
 * @throws {StoreFailed} when its tables are of a later version
 * @throws {Error} SQLite's
 */
export function openDatabase(path: string): DatabaseSync {
  const leftover = hasLog(path);
  const database = opened(path);
  try {
    useWal(database);
    // NORMAL: commits are flushed together later, and acknowledged after that. The log's file keeps its length, because
    // that makes a flush faster; if it has grown during a long read, it is cut to 64 MiB.
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864');
    if (leftover) copyLog(database);
    migrate(database);
    database.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 0');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @throws {StoreFailed} that says what to do */
function opened(path: string): DatabaseSync {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    const remedy = remedyFor(cause instanceof Error && 'code' in cause ? cause.code : undefined, path);
    if (remedy !== undefined)
      throw new StoreFailed(`cannot open ${path}: it cannot be read and written; ${remedy}`, { cause });
  }
  return new DatabaseSync(path, { timeout: lockDeadline });
}

/** For the errors that have one; SQLite's own words are no help with them. */
function remedyFor(code: unknown, path: string): string | undefined {
  switch (code) {
    case 'EACCES':
      return `run this as its owner, or let this user read and write it: chown "$USER" ${path}`;
    case 'EROFS':
      return 'its file system is read-only: mount it for writing, or name another place with --store';
    default:
      return undefined;
  }
}

function hasLog(path: string): boolean {
  return (statSync(logPath(path), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Copies the log into the database, which writes and flushes its pages again. After a failed flush, pages of the log
 * may be in the system's memory and not on the disk, and the system would not flush them again.
 */
function copyLog(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch (error) {
    // On a full disk the log stays, and can still be read.
    if (isFailedFlush(error)) throw error;
  }
}

/**
 * Turns on the write-ahead log, with which no reader waits for a writer. SQLite ignores the busy time-out here, so
 * when several processes create the file at once, some must try again.
 */
function useWal(database: DatabaseSync): void {
  const deadline = Date.now() + lockDeadline;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** Updates the tables. When several processes start at once, one of them does it. */
function migrate(database: DatabaseSync): void {
  if (versionOf(database) === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  const version = versionOf(database);
  if (version > migrations.length) {
    const known = `this ljgate knows versions up to ${migrations.length}`;
    const back = 'or go back to the backup made before the upgrade (infra/guides/upgrading.md)';
    throw new StoreFailed(
      `the database has tables of version ${version}, ${known}: use the newer ljgate, ${back}`,
    );
  }
  for (const statement of migrations.slice(version).flat()) database.exec(statement);
  database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
}

/** The version of a database's tables. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}
