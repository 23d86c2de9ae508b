/**
 * The thread that makes checkpoints of one database. A checkpoint copies the log into the database, so that the next
 * write starts at the beginning of the log again. While others write, it never finishes. So most is copied without a
 * lock, and then the rest under the write lock, for which writers wait some milliseconds.
 */
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { isFailedFlush } from './sqlite-errors.ts';

/**
 * The messages to the thread. `look`: a checkpoint, if the log is large. `copy`: the log into the database, however
 * small it is.
 */
export type CheckpointRequest = 'look' | 'copy' | 'close';

/** The messages of the thread. */
export interface CheckpointReport {
  /** SQLite's message for a failed flush. */
  readonly failedFlush: string;
}

/** Pages in the log (4 KiB each) that start a checkpoint, which writes a page once however often it has changed. */
const worthwhile = 4000;

/** Milliseconds to wait for another connection's write. */
const timeout = 100;

// If the file was moved away, it must not be created again.
const file = pathToFileURL(String(workerData));
file.search = '?mode=rw';
const database = new DatabaseSync(file, { timeout });
const guard = new DatabaseSync(file, { timeout });
database.exec('PRAGMA synchronous = NORMAL');
// SQLite before 3.51 reads NOOP as PASSIVE, which is harmless.
const look = database.prepare('PRAGMA wal_checkpoint(NOOP)');
const copy = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');

/** Copies what the log has, without a lock: a server that is asked little would else have all of it in the log. */
function copyAll(): void {
  copy.get();
}

function checkpoint(): void {
  if (Number(look.get()?.['log']) < worthwhile) return;
  copy.get();
  guard.exec('BEGIN IMMEDIATE');
  try {
    copy.get();
  } finally {
    guard.exec('ROLLBACK');
  }
}

parentPort?.on('message', (message: CheckpointRequest) => {
  if (message === 'close') {
    guard.close();
    database.close();
    parentPort?.close();
    return;
  }
  try {
    if (message === 'copy') copyAll();
    else checkpoint();
  } catch (error) {
    // After any other error (a lock, a full disk), the next check tries again.
    if (isFailedFlush(error)) {
      parentPort?.postMessage({ failedFlush: (error as Error).message } satisfies CheckpointReport);
    }
  }
});
