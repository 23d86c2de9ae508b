/** Copies of a SQLite database that is in use, and what is in such a copy. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { migrations } from '../sql/schema.ts';
import { versionOf } from './open-database.ts';

/** What a copy says about itself, beside its tables. */
export interface BackupNote {
  /** Unix ms. */
  readonly made: number;
  /** The text of the root secret's file; absent where the secret is beside the copy. */
  readonly secret?: string;
}

/** What is in a copy. */
export interface BackupContent {
  readonly note: BackupNote;
  readonly accounts: number;
  readonly sessions: number;
  /** Ids of the root secrets that its records need. */
  readonly secretIds: readonly string[];
}

/** A copy that cannot be used. Its message goes on after the name of the file. */
export class BackupUnsound extends Error {
  override name = 'BackupUnsound';
}

/**
 * Copies a database while other processes use it, as it is at one moment. All pages are copied in one step, because
 * SQLite begins again when another process writes between two; that step is not on the event loop, and no writer waits.
 */
export async function copyDatabase(from: string, to: string, note: BackupNote): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 5000 });
  try {
    await backup(source, to, { rate: 2 ** 31 - 1 });
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(to);
  try {
    // One file, without a log beside it.
    copy.exec('PRAGMA journal_mode = DELETE; CREATE TABLE backup (made INTEGER NOT NULL, secret TEXT)');
    copy.prepare('INSERT INTO backup VALUES (?, ?)').run(note.made, note.secret ?? null);
  } finally {
    copy.close();
  }
  flush(to);
}

/** Checks every page of a copy, and counts what is in it. @throws {BackupUnsound} */
export function inspectCopy(path: string): BackupContent {
  try {
    return inspected(path);
  } catch (error) {
    if (error instanceof BackupUnsound) throw error;
    throw new BackupUnsound(`is no sound backup: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function inspected(path: string): BackupContent {
  const copy = new DatabaseSync(path, { readOnly: true });
  try {
    const faults = copy
      .prepare('PRAGMA integrity_check(3)')
      .all()
      .map((row) => String(Object.values(row)[0]));
    if (faults.join() !== 'ok') throw new BackupUnsound(`is damaged: ${faults.join('; ')}`);
    const version = versionOf(copy);
    if (version > migrations.length) {
      throw new BackupUnsound(`is of a newer ljgate (tables of version ${version}); use that one`);
    }
    const note = copy.prepare('SELECT made, secret FROM backup').get();
    if (!note) throw new BackupUnsound('is no backup: it does not say when it was made');
    const count = (table: 'accounts' | 'sessions') =>
      Number(copy.prepare(`SELECT count(*) AS counted FROM ${table}`).get()?.['counted']);
    const { made, secret } = note;
    return {
      note: { made: Number(made), ...(typeof secret === 'string' && { secret }) },
      accounts: count('accounts'),
      sessions: count('sessions'),
      secretIds: copy
        .prepare('SELECT id FROM secrets')
        .all()
        .map(({ id }) => String(id)),
    };
  } finally {
    copy.close();
  }
}

/** Makes a copy a database again: without the note, and the secret in it. Durable when this returns. */
export function removeNote(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    copy.exec('PRAGMA secure_delete = ON; DROP TABLE backup');
  } finally {
    copy.close();
  }
  flush(path);
}

function flush(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
