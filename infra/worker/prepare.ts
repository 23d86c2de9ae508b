/** What `npm run worker` needs before wrangler can start: a secret, tables, demo accounts. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getPlatformProxy } from 'wrangler';
import { openSecretFile } from '../secrets/file.ts';
import type { Keyring } from '../secrets/keyring.ts';
import { seedDemo } from '../site/demo.ts';
import { type D1Database, openD1 } from '../store/d1.ts';
import { createPorts } from '../world.ts';

/** Where things are kept, each as wrangler and the command line look for it in the working directory. */
export interface LocalPlaces {
  /** Wrangler's files of the database. */
  readonly state: string;
  /** Secrets for `wrangler dev`. */
  readonly variables: string;
  /** The same root secret for the command line: `--store d1:ljgate@local`. */
  readonly secret: string;
}

/** The places in a folder. */
export function placesIn(folder: string): LocalPlaces {
  return {
    state: join(folder, '.wrangler', 'state'),
    variables: join(folder, '.dev.vars'),
    secret: join(folder, 'data', 'root-secret.json'),
  };
}

/** Makes what is missing, and leaves what is there. `configPath`: wrangler.jsonc. */
export async function prepareLocal(places: LocalPlaces, configPath: string): Promise<void> {
  const keyring = await openSecretFile(places.secret);
  if (!existsSync(places.variables)) {
    await writeFile(places.variables, `LJGATE_ROOT_SECRET='${oneLine(keyring)}'\n`, { mode: 0o600 });
  }
  const persist = { path: join(places.state, 'v3') };
  const { env, dispose } = await getPlatformProxy<{ DB: D1Database }>({
    configPath,
    persist,
    envFiles: [places.variables],
  });
  try {
    const store = openD1(env.DB);
    await store.prepare();
    await seedDemo(store, createPorts(store, keyring, 0));
  } finally {
    await dispose();
  }
}

function oneLine(keyring: Keyring): string {
  return JSON.stringify(JSON.parse(keyring.reveal()));
}
