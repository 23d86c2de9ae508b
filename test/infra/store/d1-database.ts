/** D1 databases in the real workerd, as wrangler gives them to Node. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { getPlatformProxy } from 'wrangler';
import type { D1Database } from '../../../infra/store/d1.ts';

/** Name of the database in the configuration. */
export const databaseName = 'ljgate';

/** Writes a wrangler.jsonc with the one database into a folder; gives the file's path. */
export function writeConfiguration(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'wrangler.jsonc');
  const database = { binding: 'DB', database_name: databaseName, database_id: crypto.randomUUID() };
  const configuration = { name: 'test', compatibility_date: '2026-01-01', d1_databases: [database] };
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}

/** A database of the test file's own, in memory, without tables. */
export async function startD1(folder: string): Promise<D1Database> {
  const configPath = writeConfiguration(folder);
  const { env, dispose } = await getPlatformProxy<{ DB: D1Database }>({ configPath, persist: false });
  afterAll(dispose);
  return env.DB;
}
