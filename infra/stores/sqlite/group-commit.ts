/**
 * Flushes SQLite's write-ahead log for many commits at once, outside the main thread. SQLite's own
 * `synchronous = FULL` blocks the main thread at every commit, and no request is answered meanwhile.
 */
import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** The log of a database that is open in `synchronous = NORMAL`. */
export interface GroupCommit {
  /**
   * Resolves when every commit made before the call is on the disk. Calls share a flush that begins after the last
   * of them.
   * @throws {Error} the file system's; then it is not known what is on the disk
   */
  flushed(): Promise<void>;
  /** Resolves when all requested flushes have ended, also failed ones. */
  settled(): Promise<void>;
  /** Closes the log. Do not flush after that. */
  close(): void;
}

const flushFile = promisify(fdatasync);

/** `path`: the log, which exists when the database is open in WAL mode. */
export function groupCommit(path: string): GroupCommit {
  // A second descriptor is safe for the log: SQLite's locks are on the other two files.
  const log = openSync(path, 'r+');
  let isOpen = true;
  let isFolderFlushed = false;
  let underWay: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;

  async function flush(before: Promise<void>): Promise<void> {
    await before.catch(() => undefined);
    waiting = undefined;
    if (!isFolderFlushed) flushFolder(dirname(path));
    isFolderFlushed = true;
    await flushFile(log);
  }

  return {
    flushed() {
      if (waiting) return waiting;
      waiting = flush(underWay);
      underWay = waiting;
      return waiting;
    },
    settled: () => underWay.catch(() => undefined),
    close() {
      if (isOpen) closeSync(log);
      isOpen = false;
    },
  };
}

/** A new file is durable only after its folder is flushed. Windows cannot flush folders, and need not. */
function flushFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
