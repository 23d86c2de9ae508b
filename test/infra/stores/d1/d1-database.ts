/** D1 databases in the real workerd. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll } from 'vitest';
import { StoreFailed, StoreUnavailable } from '../../../../core/failures.ts';
import type { D1Database } from '../../../../infra/stores/d1/d1-store.ts';
import type { SqlDriver, Statement } from '../../../../infra/stores/sql/driver.ts';
import type { Answered } from './d1-driver-endpoint.ts';

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
  const miniflare = await startWorker(new URL('d1-driver-endpoint.ts', import.meta.url));
  const url = await miniflare.ready;
  const run = async (statements: readonly Statement[]) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(statements) });
    const answered: Answered = await response.json();
    if ('rows' in answered) return answered.rows;
    throw new (answered.name === 'StoreUnavailable' ? StoreUnavailable : StoreFailed)(answered.message);
  };
  return { binding: await miniflare.getD1Database('DB'), driver: { read: run, write: run } };
}

/** Starts what answers as Cloudflare's HTTP interface does; gives the variables that lead to it. */
export async function startCloudflareApi() {
  const [token, account, id] = [
    crypto.randomUUID(),
    crypto.randomUUID().replaceAll('-', ''),
    crypto.randomUUID(),
  ];
  const miniflare = await startWorker(new URL('cloudflare-api-worker.ts', import.meta.url), {
    TOKEN: token,
    ACCOUNT: account,
    DATABASE_ID: id,
    DATABASE_NAME: databaseName,
  });
  const variables = {
    CLOUDFLARE_API_TOKEN: token,
    CLOUDFLARE_ACCOUNT_ID: account,
    CLOUDFLARE_API_BASE_URL: new URL('client/v4', await miniflare.ready).href,
  };
  return { variables, id };
}

async function startWorker(entry: URL, bindings: Readonly<Record<string, string>> = {}): Promise<Miniflare> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-01-01',
      cf: false,
      bindings,
      d1Databases: { DB: databaseName },
    }),
  );
  afterAll(() => miniflare.dispose());
  return miniflare;
}
