/** Where the root secret of a store is, and how it is opened. */
import { dirname, join } from 'node:path';
import type { Keyring } from '../../infra/secrets/keyring.ts';
import { followFile, followRemote, type LiveKeys, type OnFault } from '../../infra/secrets/live-keys.ts';
import { openSecretFile, readSecretFile } from '../../infra/secrets/secret-file.ts';
import { secretFile } from '../../infra/secrets/secret-file-source.ts';
import type { SecretSource } from '../../infra/secrets/secret-source.ts';
import type { SecretUri } from '../../infra/secrets/secret-uri.ts';
import type { StoreUri } from '../../infra/stores/store-uri.ts';
import { UsageError } from './usage-error.ts';

/** The secret of `--secret`, or else the file beside the store; `undefined` for a store in memory. */
export function secretLocation(secret: SecretUri | undefined, store: StoreUri): SecretUri | undefined {
  if (secret !== undefined) return secret;
  switch (store.kind) {
    case 'sqlite':
      return { kind: 'file', path: join(dirname(store.path), 'root-secret.json') };
    case 'dynamodb':
    case 'd1':
      return { kind: 'file', path: join('data', 'root-secret.json') };
    case 'memory':
      return undefined;
  }
}

/** Where the secret can be read and changed. */
export async function sourceAt(location: SecretUri): Promise<SecretSource> {
  if (location.kind === 'file') return secretFile(location.path);
  return (await import('../../infra/secrets/managed-secret.ts')).managedSecret(location.id);
}

/** The ids of the root secrets that a store needs. `needed` is `undefined` while they are not known. */
export interface RequiredSecrets {
  readonly store: string;
  readonly needed: ReadonlySet<string> | undefined;
}

/**
 * Keys that follow their source. A file is made only for a store that needs no secret yet.
 * @throws {UsageError} when the store needs a secret that is not there: what is wrong, and what to do
 */
export async function keysFor(
  location: SecretUri,
  required: RequiredSecrets,
  onFault: OnFault,
): Promise<LiveKeys> {
  const source = await sourceAt(location);
  const keyring = await opened(location, source, required).catch((error: Error) => {
    throw new UsageError(`--secret: ${error.message}`, { cause: error });
  });
  if (location.kind === 'file') return followFile(location.path, keyring, onFault);
  const keys = followRemote(source, keyring, onFault);
  // A process, which unlike a function is never frozen between calls, asks by itself and in time.
  setInterval(() => keys.fresh(), 60_000).unref();
  return keys;
}

async function opened(
  location: SecretUri,
  source: SecretSource,
  { store, needed }: RequiredSecrets,
): Promise<Keyring> {
  const mayCreate = needed?.size === 0;
  if (location.kind === 'file' && !mayCreate && !readSecretFile(location.path)) {
    throw new Error(`${location.path} does not exist; ${restoring(store, needed, source)}`);
  }
  const keyring =
    location.kind === 'file'
      ? await openSecretFile(location.path, { create: mayCreate })
      : await source.read();
  const known = new Set(keyring.list().map(({ id }) => id));
  const missing = new Set([...(needed ?? [])].filter((id) => !known.has(id)));
  if (missing.size === 0) return keyring;
  throw new Error(`${source.description} has other secrets; ${restoring(store, missing, source)}`);
}

function restoring(
  store: string,
  missing: ReadonlySet<string> = new Set(),
  { description }: SecretSource,
): string {
  const ids = [...missing].join(', ');
  return (
    `${store} needs its own${ids && ` (${ids})`}: restore it, from the backup or the server that the store came from, ` +
    `to ${description}. If it is lost for good: npx ljgate secrets drop ${[...missing][0] ?? 'ID'}`
  );
}
