/** Opens a backup, encrypted or not, and checks all that is in it. */
import { createWriteStream, existsSync } from 'node:fs';
import { chmod, copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Keyring, parseKeyring } from '../secrets/keyring.ts';
import { decryptStream, NotOpened, type Passphrase } from '../secrets/passphrase.ts';
import { type BackupContent, BackupUnsound, inspectCopy } from '../stores/sqlite/backup.ts';
import { startsEncrypted, streamOf } from './backup-files.ts';
import { OperationRefused } from './operator-context.ts';

/** How to open a backup. */
export interface Opening {
  /** Asks for the passphrase of an encrypted one. */
  passphrase(): Promise<Passphrase>;
  /** Refuses one that is not encrypted: somebody may have put it in the place of one that was. */
  readonly mustBeEncrypted: boolean;
}

/** The secret of a backup that is not encrypted. */
export function secretBeside(file: string): string {
  return `${file}.secret.json`;
}

/** A backup as a plain copy in a folder, with its secret. */
export async function openBackup(file: string, folder: string, { passphrase, mustBeEncrypted }: Opening) {
  const copy = join(folder, 'copy.sqlite');
  try {
    if (await startsEncrypted(file)) {
      const plain = decryptStream(streamOf(file), await passphrase());
      await pipeline(plain, createWriteStream(copy, { flags: 'wx', mode: 0o600 }));
    } else if (mustBeEncrypted) {
      throw new OperationRefused(
        `${file} is not encrypted: this is not what was encrypted to a passphrase. If it is meant, leave out --passphrase-file and --encrypt`,
      );
    } else await copyFile(file, copy);
    await chmod(copy, 0o600);
    const content = inspectCopy(copy);
    const keyring = await secretOf(file, content);
    requireSecrets(content, keyring);
    return { content, keyring, copy };
  } catch (error) {
    if (error instanceof BackupUnsound || error instanceof NotOpened) {
      throw new OperationRefused(
        `${file} ${error instanceof NotOpened ? `cannot be opened: ` : ''}${error.message}`,
      );
    }
    throw error;
  }
}

/** The root secret in a backup, or beside it. */
async function secretOf(file: string, { note }: BackupContent): Promise<Keyring | undefined> {
  const beside = secretBeside(file);
  const place = note.secret === undefined ? beside : file;
  const text = note.secret ?? (existsSync(beside) ? await readFile(beside, 'utf8') : undefined);
  try {
    return text === undefined ? undefined : parseKeyring(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OperationRefused(`the root secret in ${place} cannot be read: it ${why}; bring the right one`);
  }
}

/** @throws {OperationRefused} where accounts need a root secret that is not there */
export function requireSecrets({ secretIds }: BackupContent, keyring: Keyring | undefined): void {
  const missing = secretIds.filter((id) => !keyring?.ids().includes(id));
  if (!keyring || missing.length === 0) return;
  throw new OperationRefused(
    `the root secret lacks ${missing.join(', ')}, which accounts need; name the right one with --secret`,
  );
}
