/** The gateway's own Worker for tests: demo accounts in a D1 database on disk, or tables in DynamoDB. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { createPorts } from '../../infra/compose.ts';
import { nodePlatform } from '../../infra/node-platform.ts';
import { generateKeyring } from '../../infra/secrets/keyring.ts';
import { openSecretFile } from '../../infra/secrets/secret-file.ts';
import { seedDemo } from '../../infra/site/demo-accounts.ts';
import { openD1 } from '../../infra/stores/d1/d1-store.ts';
import { freshFolder } from './server.ts';
import { type RunningWorker, runWorker, type WorkerSetup } from './wrangler.ts';

/** Where a Worker's operator has the root secret. */
export interface GatewaySetup extends Omit<WorkerSetup, 'data'> {
  /** A file with the root secret; a fresh one, if left out. */
  readonly secret?: string;
}

/** Starts the Worker as it is deployed, over D1 with the demo accounts unless LJGATE_STORE says otherwise. */
export async function startWorker({
  secret,
  variables = {},
  ...setup
}: GatewaySetup = {}): Promise<RunningWorker> {
  const data = await freshFolder();
  const keyring = secret === undefined ? generateKeyring() : await openSecretFile(secret, { create: false });
  const all = { LJGATE_ROOT_SECRET: keyring.reveal(), LJGATE_SESSION_RATE: 'off', ...variables };
  const worker = await runWorker(await folderOfWorker(), { ...setup, variables: all, data });
  if (variables['LJGATE_STORE'] === undefined) {
    const store = openD1(worker.database);
    await store.prepare();
    await seedDemo(store, createPorts(nodePlatform, store, keyring, { remember: 0 }));
  }
  return worker;
}

/** The bundle, built once in a run of the tests. */
export async function folderOfWorker(): Promise<string> {
  const response = await fetch(new URL('/worker', inject('resources')));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/** A fresh root secret in a file, for a server and a Worker to share. */
export async function secretFile(): Promise<string> {
  const path = join(await freshFolder(), 'root-secret.json');
  await writeFile(path, generateKeyring().reveal(), { mode: 0o600 });
  return path;
}
