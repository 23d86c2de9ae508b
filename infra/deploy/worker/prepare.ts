/** What `npm run worker` needs before wrangler can start: a secret, tables, demo accounts. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPorts } from '../../compose.ts';
import { nodePlatform } from '../../node-platform.ts';
import { neededSecrets } from '../../operations/secret-usage.ts';
import type { Keyring } from '../../secrets/keyring.ts';
import { openSecretFile } from '../../secrets/secret-file.ts';
import { seedDemo } from '../../site/demo-accounts.ts';
import { openLocalD1 } from '../../stores/d1/d1-local.ts';

/** The files of a local Worker, where wrangler and the command line look for them in the working directory. */
export interface LocalFiles {
  /** The folder in which wrangler keeps the database. */
  readonly state: string;
  /** Secrets for `wrangler dev`. */
  readonly variables: string;
  /** The same root secret for the command line: `--store d1:ljgate@local`. */
  readonly secret: string;
}

/** The files in a folder. */
export function localFiles(folder: string): LocalFiles {
  return {
    state: join(folder, '.wrangler', 'state'),
    variables: join(folder, '.dev.vars'),
    secret: join(folder, 'data', 'root-secret.json'),
  };
}

/** Makes those that are missing, and changes none that is there. `configPath`: wrangler.jsonc. */
export async function prepareLocal(files: LocalFiles, configPath: string): Promise<void> {
  const keyring = await openSecretFile(files.secret);
  if (!existsSync(files.variables)) {
    await writeFile(files.variables, `LJGATE_ROOT_SECRET='${oneLine(keyring)}'\n`, { mode: 0o600 });
  }
  const store = await openLocalD1({ name: 'DB', configPath, state: files.state });
  try {
    await store.prepare();
    const missing = [...(await neededSecrets(store))].filter((id) => !keyring.byId(id, 'seal'));
    if (missing.length > 0) {
      throw new Error(
        `${files.secret} does not have secret ${missing.join(', ')}, which the database needs: restore it and ` +
          `${files.variables}, or remove ${files.state} to begin anew`,
      );
    }
    await seedDemo(store, createPorts(nodePlatform, store, keyring, { remember: 0 }));
  } finally {
    await store.close();
  }
}

function oneLine(keyring: Keyring): string {
  return JSON.stringify(JSON.parse(keyring.reveal()));
}
