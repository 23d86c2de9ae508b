/** The D1 database of `wrangler dev` on this machine, opened in a workerd that this process starts. */
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { StoreUnavailable } from '../../../core/failures.ts';
import type { OpenStore } from '../open-store.ts';
import { type D1Database, d1Driver, d1Store } from './d1-store.ts';

/** Which database. */
export interface LocalDatabase {
  /** As wrangler's configuration calls it, or its binding. */
  readonly name: string;
  /** wrangler's configuration; default: the one that wrangler finds from the working directory. */
  readonly configPath?: string;
  /** The folder of wrangler's state; default: `.wrangler/state` beside the configuration. */
  readonly state?: string;
}

/** What is read of wrangler's configuration. */
const configuration = v.object({
  configPath: v.optional(v.string()),
  d1_databases: v.array(v.object({ binding: v.string(), database_name: v.optional(v.string()) })),
});

/**
 * Opens the store.
 * @throws {StoreUnavailable} where wrangler is not installed
 * @throws {Error} when the configuration names no such database
 */
export async function openLocalD1({ name, configPath, state }: LocalDatabase): Promise<OpenStore> {
  // Without these wrangler fetches a sample of Cloudflare's data about requests, and writes a log.
  process.env['CLOUDFLARE_CF_FETCH_ENABLED'] ??= 'false';
  process.env['WRANGLER_WRITE_LOGS'] ??= 'false';
  const { getPlatformProxy, unstable_readConfig } = await import('wrangler').catch((cause: unknown) => {
    throw new StoreUnavailable('D1: wrangler is not installed here', { cause });
  });
  const config = v.parse(configuration, unstable_readConfig({ config: configPath }, { hideWarnings: true }));
  const where = config.configPath ?? 'wrangler.jsonc';
  const found = config.d1_databases.find(({ binding, database_name }) =>
    [binding, database_name].includes(name),
  );
  if (!found) throw new Error(`${where} has no D1 database ${name}`);
  const { env, dispose } = await getPlatformProxy<Record<string, D1Database>>({
    configPath: where,
    persist: { path: join(state ?? resolve(dirname(where), '.wrangler', 'state'), 'v3') },
    remoteBindings: false,
    envFiles: [],
  });
  const database = env[found.binding];
  if (!database) throw new Error(`${where} has no D1 database ${name} for this machine`);
  return { ...d1Store(d1Driver(database), `d1:${name}@local`), close: dispose };
}
