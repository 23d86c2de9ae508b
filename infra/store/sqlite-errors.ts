/** SQLite's errors in the words of the ports. */
import { StoreFailed, StoreUnavailable } from '../../core/ports.ts';

/** SQLite's code for a lock that another holds. */
export const busy = 5;

/**
 * SQLite's primary result codes for a file that cannot be had now: PERM, BUSY, LOCKED, NOMEM,
 * READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL.
 * @see https://www.sqlite.org/rescode.html
 */
const unavailable = new Set([3, busy, 6, 7, 8, 9, 10, 13, 14, 15]);

/** The primary result code of an error of SQLite's own. */
export function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}

/**
 * Runs SQLite or file work.
 * @throws {StoreUnavailable | StoreFailed} in place of what the work throws
 */
export function translated<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof StoreFailed) throw cause;
    const message = `${doing}: ${cause.message}`;
    const code = resultCode(cause);
    // What is not SQLite's own is the file system's, or comes of a database closed meanwhile.
    if (code === undefined || unavailable.has(code)) throw new StoreUnavailable(message, { cause });
    throw new StoreFailed(message, { cause });
  }
}
