/** The files that flags name, looked at before anything is opened. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { accessOf, type FileAccess } from '../../infra/file-access.ts';
import type { SecretUri } from '../../infra/secrets/secret-uri.ts';
import * as settings from '../../infra/settings.ts';
import { databaseAccess } from '../../infra/stores/sqlite/database-access.ts';
import type { StoreUri } from '../../infra/stores/store-uri.ts';
import { UsageError } from './usage-error.ts';

/**
 * Asks for the folder of a database that may have to be made: a mistyped path must not become a new,
 * empty site. The default's folder is made.
 * @throws {UsageError}
 */
export function requireFolder(store: StoreUri): void {
  if (store.kind !== 'sqlite' || `sqlite:${store.path}` === settings.store.default) return;
  const folder = dirname(store.path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new UsageError(
    `--store: there is no folder ${folder}; check the path, or make the folder: mkdir -p ${folder}`,
  );
}

/**
 * Refuses a database or a secret that other users can read.
 * @returns what to warn of
 * @throws {UsageError} with the remedy
 */
export function requirePrivateFiles(store: StoreUri, secret: SecretUri | undefined): readonly string[] {
  const files: (readonly [string, FileAccess])[] = [];
  if (store.kind === 'sqlite') files.push(['--store', databaseAccess(store.path)]);
  const stats = secret?.kind === 'file' && statSync(secret.path, { throwIfNoEntry: false });
  if (secret?.kind === 'file' && stats) files.push(['--secret', accessOf(secret.path, stats)]);
  for (const [flag, access] of files) {
    if (access.kind === 'open') throw new UsageError(`${flag}: ${access.detail}; ${access.remedy}`);
  }
  return files.flatMap(([flag, { kind, detail }]) => (kind === 'warned' ? [`${flag}: ${detail}`] : []));
}
