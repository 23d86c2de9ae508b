/** The key under which secrets go from one store to another: a file in the form of a root secret. */
import type { Sealer } from '../../core/ports.ts';
import { toBase64 } from '../base64.ts';
import type { Passphrase } from './passphrase.ts';
import { createSealer } from './sealer.ts';
import { openSecretFile } from './secret-file.ts';

/**
 * What seals and opens under the key in a file. With `create` a missing file is made: 256 random bits that only its
 * owner can read.
 * @throws {Error} naming the file and the fault, never its content
 */
export async function openTransferKey(path: string, how: { readonly create: boolean }): Promise<Sealer> {
  return createSealer(await openSecretFile(path, how));
}

/**
 * The passphrase that the key in a file stands for, to encrypt root secrets with.
 * @throws {Error} as `openTransferKey`
 */
export async function transferPassphrase(
  path: string,
  how: { readonly create: boolean },
): Promise<Passphrase> {
  return { kind: 'key', text: toBase64((await openSecretFile(path, how)).current('transfer').key) };
}
