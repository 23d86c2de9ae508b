/** D1 databases in the real workerd. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll } from 'vitest';
import { StoreFailed, StoreUnavailable } from '../../../core/ports.ts';
import type { D1Database } from '../../../infra/store/d1.ts';
import type { SqlDriver, Statement } from '../../../infra/store/sql/driver.ts';
import type { Answered } from './d1-door.ts';

/** Name of the database in the configuration. */
export const databaseName = 'ljgate';

/** Writes a wrangler.jsonc with the one database into a folder. */
export function writeConfiguration(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const database = { binding: 'DB', database_name: databaseName, database_id: crypto.randomUUID() };
  const configuration = { name: 'test', compatibility_date: '2026-01-01', d1_databases: [database] };
  writeFileSync(join(folder, 'wrangler.jsonc'), JSON.stringify(configuration));
}

/** A database in memory, without tables, that ends with the test file. */
export interface TestDatabase {
  /** The binding. Node has it through a proxy that makes a round trip of every `prepare` and `bind`. */
  readonly binding: D1Database;
  /** The driver, inside a Worker. */
  readonly driver: SqlDriver;
}

/** Starts one. */
export async function startD1(): Promise<TestDatabase> {
  const entry = fileURLToPath(new URL('d1-door.ts', import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-01-01',
      cf: false,
      d1Databases: { DB: databaseName },
    }),
  );
  afterAll(() => miniflare.dispose());
  const url = await miniflare.ready;
  const run = async (statements: readonly Statement[]) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(statements) });
    const answered: Answered = await response.json();
    if ('rows' in answered) return answered.rows;
    throw new (answered.name === 'StoreUnavailable' ? StoreUnavailable : StoreFailed)(answered.message);
  };
  return { binding: await miniflare.getD1Database('DB'), driver: { read: run, write: run } };
}
