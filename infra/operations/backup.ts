/** Backups of a SQLite store with its root secret: made while it is served, verified, restored. */
import { createWriteStream, existsSync } from 'node:fs';
import { chmod, copyFile, link, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Keyring, parseKeyring } from '../secrets/keyring.ts';
import { decryptStream, encryptStream, NotOpened, type Passphrase } from '../secrets/passphrase.ts';
import { flushFolder, readSecretFile } from '../secrets/secret-file.ts';
import {
  type BackupContent,
  BackupUnsound,
  copyDatabase,
  inspectCopy,
  removeNote,
} from '../stores/sqlite/backup.ts';
import { logPath } from '../stores/sqlite/open-database.ts';
import { giveToOwnerOf, inFolder, ownerOf, put, putText, startsEncrypted, streamOf } from './backup-files.ts';
import { OperationRefused } from './operator-context.ts';

/** The files of an installation. */
export interface Installation {
  /** The database. */
  readonly path: string;
  /** The root secret; absent where it is in Secrets Manager, which keeps it. */
  readonly secretPath: string | undefined;
}

/** A backup, and what is in it. */
export interface BackupReport {
  readonly file: string;
  /** Where the root secret is. `elsewhere`: in Secrets Manager. */
  readonly secret: 'inside' | 'beside' | 'elsewhere';
  /** Unix ms. */
  readonly made: number;
  readonly accounts: number;
  readonly sessions: number;
}

/** Asks for the passphrase of an encrypted backup. */
export type AskPassphrase = () => Promise<Passphrase>;

/** The secret of a backup that is not encrypted. */
function secretBeside(file: string): string {
  return `${file}.secret.json`;
}

/**
 * Makes a backup, in one file: encrypted where there is a passphrase, with the root secret in it. Without one the secret
 * is in a file beside it, so that the two can be kept apart. Every file is whole, or not there.
 * @throws {OperationRefused | Error}
 */
export async function makeBackup(
  { path, secretPath }: Installation,
  file: string,
  { made, passphrase }: { readonly made: number; readonly passphrase: Passphrase | undefined },
): Promise<BackupReport> {
  const places = passphrase === undefined ? [file, secretBeside(file)] : [file];
  for (const place of places) {
    if (existsSync(place)) throw new OperationRefused(`${place} is there already; name a new file`);
  }
  const keyring = secretPath === undefined ? undefined : secretAt(secretPath);
  const secret = keyring?.reveal();
  // Beside the database: what is not encrypted yet stays on the disk that has it anyway.
  return inFolder(dirname(path), async (folder) => {
    const copy = join(folder, 'copy.sqlite');
    const inside = passphrase !== undefined && secret !== undefined;
    await copyDatabase(path, copy, { made, ...(inside && { secret }) });
    await chmod(copy, 0o600);
    const content = inspectCopy(copy);
    requireSecrets(content, keyring);
    if (passphrase === undefined) {
      await put(file, (draft) => copyFile(copy, draft));
      if (secret !== undefined) await putText(secretBeside(file), secret);
    } else {
      const encrypted = await encryptStream(streamOf(copy), passphrase);
      await put(file, (draft) =>
        pipeline(Readable.from(encrypted), createWriteStream(draft, { mode: 0o600 })),
      );
    }
    return reportOf(file, content, keyring);
  });
}

/** Reads a whole backup as a restore would, and changes nothing. @throws {OperationRefused} */
export async function verifyBackup(file: string, passphrase: AskPassphrase): Promise<BackupReport> {
  return inFolder(dirname(file), async (folder) => {
    const { content, keyring } = await opened(file, folder, passphrase);
    return reportOf(file, content, keyring);
  });
}

/**
 * Makes an installation of a backup, where there is none. @throws {OperationRefused} and then nothing was changed
 */
export async function restoreBackup(
  { path, secretPath }: Installation,
  file: string,
  passphrase: AskPassphrase,
): Promise<BackupReport> {
  for (const place of [path, logPath(path), `${path}-shm`]) {
    if (!existsSync(place)) continue;
    throw new OperationRefused(`${place} is there; stop the server and move it away, then restore again`);
  }
  return inFolder(dirname(path), async (folder) => {
    const { content, keyring, copy } = await opened(file, folder, passphrase);
    const there = secretPath !== undefined && readSecretFile(secretPath)?.keyring;
    if (there && content.secretIds.some((id) => !there.ids().includes(id))) {
      throw new OperationRefused(`${secretPath} has other secrets than the backup; move it away first`);
    }
    removeNote(copy);
    await giveToOwnerOf(dirname(path), copy);
    if (secretPath !== undefined && !there && keyring)
      await putText(secretPath, keyring.reveal(), await ownerOf(dirname(path)));
    // The name is given last: whoever is interrupted before can restore again.
    await link(copy, path);
    await flushFolder(dirname(path));
    return reportOf(file, content, keyring);
  });
}

/** A backup as a plain copy in a folder, with its secret. */
async function opened(file: string, folder: string, ask: AskPassphrase) {
  const copy = join(folder, 'copy.sqlite');
  try {
    if (await startsEncrypted(file)) {
      const plain = decryptStream(streamOf(file), await ask());
      await pipeline(plain, createWriteStream(copy, { mode: 0o600 }));
    } else await copyFile(file, copy);
    await chmod(copy, 0o600);
    const content = inspectCopy(copy);
    const beside = existsSync(secretBeside(file)) ? await readFile(secretBeside(file), 'utf8') : undefined;
    const text = content.note.secret ?? beside;
    const keyring = text === undefined ? undefined : parseKeyring(text);
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

function requireSecrets({ secretIds }: BackupContent, keyring: Keyring | undefined): void {
  const missing = secretIds.filter((id) => !keyring?.ids().includes(id));
  if (!keyring || missing.length === 0) return;
  throw new OperationRefused(
    `the root secret lacks ${missing.join(', ')}, which accounts need; name the right one with --secret`,
  );
}

function secretAt(path: string): Keyring {
  const found = readSecretFile(path);
  if (found) return found.keyring;
  throw new OperationRefused(`there is no root secret ${path}; name it with --secret`);
}

function reportOf(file: string, content: BackupContent, keyring: Keyring | undefined): BackupReport {
  const { note, accounts, sessions } = content;
  const place = keyring ? 'beside' : 'elsewhere';
  return { file, secret: note.secret === undefined ? place : 'inside', made: note.made, accounts, sessions };
}
