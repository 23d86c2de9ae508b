/** Splits long work into slices, so that other requests wait for one slice only. */
import type { Username } from '../../../core/accounts/username.ts';
import { type Rows, type Statement, statement } from './driver.ts';

/** The most rows that one statement removes: the database does nothing else meanwhile. */
const rowsAtOnce = 1000;

/** The most characters of accounts that are read without a pause. */
export const charactersAtOnce = 2 ** 18;

/** Resolves after the event loop has done its other work. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resume) => setTimeout(resume));
}

/** Each deletes some rows that have expired at `now` (Unix seconds), and returns one row for each. */
export function forget(now: number): Statement[] {
  const keys = { sessions: 'owner, id', spent: 'forget_after, nonce', refused: 'rowid' };
  return Object.entries(keys).map(([table, key]) =>
    statement(
      `DELETE FROM ${table} WHERE (${key}) IN
         (SELECT ${key} FROM ${table} WHERE forget_after < ?1 LIMIT ?2)
       RETURNING 1`,
      now,
      rowsAtOnce,
    ),
  );
}

/** Deletes some of an account's sessions, and returns one row for each. */
export function deleteSessions(owner: Username): Statement {
  return statement(
    `DELETE FROM sessions WHERE owner = ?1 AND id IN (SELECT id FROM sessions WHERE owner = ?1 LIMIT ?2)
     RETURNING 1`,
    owner,
    rowsAtOnce,
  );
}

/**
 * Repeats a statement that deletes some rows and returns one for each, until none are left. Each is a transaction
 * of its own, and other work can run between two of them.
 */
export async function writeUntilDone(
  write: (statements: readonly Statement[]) => Promise<Rows>,
  some: Statement,
): Promise<void> {
  for (;;) {
    const [removed = []] = await write([some]);
    if (removed.length < rowsAtOnce) return;
    await yieldToEventLoop();
  }
}
