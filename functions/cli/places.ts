/** Where the root secret of a store is, and how it is opened. */
import { dirname, join } from 'node:path';
import { openSecretFile, secretFile } from '../../infra/secrets/file.ts';
import type { Keyring } from '../../infra/secrets/keyring.ts';
import { followFile, followRemote, type LiveKeys, type OnTrouble } from '../../infra/secrets/live.ts';
import type { SecretSource } from '../../infra/secrets/source.ts';
import { parseSecretSpec, type SecretSpec } from '../../infra/secrets/spec.ts';
import type { StoreSpec } from '../../infra/store/spec.ts';

/** What `--secret` says, or the place beside the store; `undefined` for a store in memory. */
export function secretPlace(secret: string | undefined, store: StoreSpec): SecretSpec | undefined {
  if (secret !== undefined) return parseSecretSpec(secret);
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

/** The place as a source. */
export async function sourceAt(place: SecretSpec): Promise<SecretSource> {
  if (place.kind === 'file') return secretFile(place.path);
  return (await import('../../infra/secrets/managed.ts')).managedSecret(place.id);
}

/** Keys that follow their place; a file that is not there is made. */
export async function liveKeys(place: SecretSpec, onTrouble: OnTrouble): Promise<LiveKeys> {
  if (place.kind === 'file') {
    const keyring: Keyring = await openSecretFile(place.path, { create: true });
    return followFile(place.path, keyring, onTrouble);
  }
  const source = await sourceAt(place);
  const keys = followRemote(source, await source.read(), onTrouble);
  // A process of its own is not frozen between calls, so it can ask by itself, in time.
  setInterval(() => keys.fresh(), 60_000).unref();
  return keys;
}
