/**
 * Checks that writes reach the files at a database's path. After a failed flush it is not known what is on the disk.
 * After a file was moved or removed, SQLite goes on writing to it, and those writes are lost at the next start.
 */
import { statSync } from 'node:fs';
import { StoreUnavailable } from '../../../core/failures.ts';

/** Milliseconds for which a check of the files is valid. */
const lookInterval = 1000;

/** Watches the files of one open database. */
export interface FileHealth {
  /** Checks the files, at most once a second. @throws {StoreUnavailable} */
  check(): void;
  /** Checks the files now. @throws {StoreUnavailable} */
  checkNow(): void;
  /** Returns an error, which every later check throws. */
  flushFailed(cause: Error): StoreUnavailable;
  /** Resolves when a flush has failed. */
  readonly failed: Promise<Error>;
}

/** Call this when `paths`, the database and its log, are open and exist. */
export function fileHealth(paths: readonly string[]): FileHealth {
  const files = paths.map((path) => ({ path, identity: identityOf(path) }));
  const { promise: failed, resolve } = Promise.withResolvers<Error>();
  let lastLook = performance.now();
  let moved: StoreUnavailable | undefined;
  let failure: StoreUnavailable | undefined;

  function look(): void {
    lastLook = performance.now();
    const gone = files.find(({ path, identity }) => identityOf(path) !== identity);
    moved = gone && new StoreUnavailable(`${gone.path} is no longer the file that is open here`);
  }

  function check(): void {
    if (failure) throw failure;
    if (performance.now() - lastLook >= lookInterval) look();
    if (moved) throw moved;
  }

  return {
    failed,
    check,
    checkNow() {
      look();
      check();
    },
    flushFailed(cause) {
      failure ??= new StoreUnavailable(`SQLite: a flush to the disk failed: ${cause.message}`, { cause });
      resolve(failure);
      return failure;
    },
  };
}

/** `undefined` when there is no file. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
