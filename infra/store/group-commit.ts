/**
 * Brings SQLite's write-ahead log to the disk for many commits at once, off the main thread. SQLite's own
 * `synchronous = FULL` waits on the main thread at every commit, and nothing else is answered meanwhile.
 */
import { close, closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** The log of a database that is open in `synchronous = NORMAL`. */
export interface GroupCommit {
  /**
   * Resolves when every commit made before the call is on the disk. Calls share one flush, which begins
   * after the last of them.
   * @throws {Error} the file system's: then nobody knows what is on the disk
   */
  flushed(): Promise<void>;
  /** Waits for the flushes under way. */
  close(): Promise<void>;
}

const flushFile = promisify(fdatasync);
const closeFile = promisify(close);

/** `path`: the database's file. Its log is opened at the first flush: SQLite makes it at the first write. */
export function groupCommit(path: string): GroupCommit {
  let log: number | undefined;
  let underWay: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;

  async function flush(before: Promise<void>): Promise<void> {
    await before.catch(() => undefined);
    waiting = undefined;
    log ??= openLog(path);
    await flushFile(log);
  }

  return {
    flushed() {
      if (waiting) return waiting;
      waiting = flush(underWay);
      underWay = waiting;
      return waiting;
    },
    async close() {
      await underWay.catch(() => undefined);
      if (log !== undefined) await closeFile(log);
      log = undefined;
    },
  };
}

/**
 * A second descriptor, which is safe for this file: SQLite's locks are on the other two. A new file is
 * durable once its folder is; Windows does not let folders be flushed, nor needs it.
 */
function openLog(path: string): number {
  const log = openSync(`${path}-wal`, 'r+');
  if (process.platform === 'win32') return log;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  return log;
}
