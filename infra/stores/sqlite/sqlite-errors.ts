/** Converts SQLite's errors to the ports' errors. */
import { storeError } from '../store-error.ts';

/** SQLite's code for a lock that another connection has. */
const busy = 5;

/** SQLite's extended codes for a file or folder that could not be flushed: IOERR_FSYNC, IOERR_DIR_FSYNC. */
const failedFlushes: readonly (number | undefined)[] = [1034, 1290];

/**
 * SQLite's primary result codes for a file that cannot be used now: PERM, BUSY, LOCKED, NOMEM,
 * READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL.
 * @see https://www.sqlite.org/rescode.html
 */
const unavailable = new Set([3, busy, 6, 7, 8, 9, 10, 13, 14, 15]);

/** The extended result code of SQLite's error, or of a translated one. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'errcode' in error ? Number(error.errcode) : resultCode(error.cause);
}

/** Whether an error says that another connection has a lock. */
export function isBusy(error: unknown): boolean {
  return primary(resultCode(error)) === busy;
}

/** Whether an error says that a flush failed, so that it is not known what is on the disk. */
export function isFailedFlush(error: unknown): boolean {
  return failedFlushes.includes(resultCode(error));
}

/**
 * Runs SQLite or file work.
 * @throws {StoreUnavailable | StoreFailed} for any error of the work
 */
export function translated<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw storeError(doing, cause, isPassing);
  }
}

/** An error without SQLite's code is the file system's, or of a database that was closed meanwhile. */
function isPassing(cause: unknown): boolean {
  const code = primary(resultCode(cause));
  return code === undefined || unavailable.has(code);
}

function primary(code: number | undefined): number | undefined {
  return code === undefined ? undefined : code & 0xff;
}
