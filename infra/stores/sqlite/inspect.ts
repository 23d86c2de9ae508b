/** Checks a SQLite database for `ljgate doctor`. */
import type { DatabaseSync } from 'node:sqlite';
import { type Finding, failed, passed } from '../finding.ts';
import { migrations } from '../sql/schema.ts';
import { databaseAccess } from './database-access.ts';
import { versionOf } from './open-database.ts';
import type { DatabaseFile } from './sqlite-driver.ts';

type InspectedFile = Pick<DatabaseFile, 'path' | 'health'>;

/** Checks an open database. Without `file` it is in memory. */
export function inspectDatabase(database: DatabaseSync, file?: InspectedFile): Finding[] {
  const findings = [tables(database), pages(database, file?.path ?? 'it')];
  if (!file) return findings;
  const found = checkPath(file);
  return found.well ? [...findings, found, access(file.path)] : [...findings, found];
}

function tables(database: DatabaseSync): Finding {
  const [version, known] = [versionOf(database), migrations.length];
  if (version === known) return passed('database: tables', `version ${version}`);
  return failed(
    'database: tables',
    `version ${version}, wanted ${known}`,
    'run every ljgate on this file at one version',
  );
}

function pages(database: DatabaseSync, path: string): Finding {
  const rows = database.prepare('PRAGMA quick_check(3)').all();
  const faults = rows.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
  if (faults.length === 0) return passed('database: pages', 'sound');
  return failed('database: pages', faults.join('; '), `restore ${path} from a backup`);
}

function access(path: string): Finding {
  const found = databaseAccess(path);
  if (found.kind !== 'open') return passed('database: access', found.detail);
  return failed('database: access', found.detail, found.remedy);
}

function checkPath({ path, health }: InspectedFile): Finding {
  try {
    health.checkNow();
    return passed('database: place', path);
  } catch (error) {
    const { message } = error as Error;
    return failed('database: place', message, `put the files back, or start every ljgate on ${path} anew`);
  }
}
