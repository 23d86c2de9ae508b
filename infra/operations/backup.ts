/** Backups of a SQLite store with its root secret: made while it is served, verified, restored. */
import { constants, createWriteStream, existsSync } from 'node:fs';
import { chmod, copyFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Keyring } from '../secrets/keyring.ts';
import { encryptStream, type Passphrase } from '../secrets/passphrase.ts';
import { readSecretFile } from '../secrets/secret-file.ts';
import { type BackupContent, copyDatabase, inspectCopy, removeNote } from '../stores/sqlite/backup.ts';
import { logPath } from '../stores/sqlite/open-database.ts';
import { giveName, giveToOwnerOf, inFolder, ownerOf, put, putText, streamOf } from './backup-files.ts';
import { type Opening, openBackup, requireSecrets, secretBeside } from './open-backup.ts';
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
  if (!existsSync(path)) throw new OperationRefused(`there is no database ${path}; check --store`);
  const target = dirname(file);
  if (!existsSync(target)) {
    throw new OperationRefused(
      `there is no folder ${target}; check the path, or make it: mkdir -p ${target}`,
    );
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
      if (secret !== undefined) await putText(secretBeside(file), secret);
      try {
        await put(file, (draft) => copyFile(copy, draft, constants.COPYFILE_EXCL));
      } catch (error) {
        // Both or none: this name was free a moment ago.
        if (secret !== undefined) await rm(secretBeside(file), { force: true });
        throw error;
      }
    } else {
      const encrypted = await encryptStream(streamOf(copy), passphrase);
      await put(file, (draft) =>
        pipeline(Readable.from(encrypted), createWriteStream(draft, { flags: 'wx', mode: 0o600 })),
      );
    }
    return reportOf(file, content, keyring);
  });
}

/**
 * Reads a whole backup as a restore would, and changes nothing.
 * @param place - a folder that may have it decrypted for a while, which the place of the backups may not
 * @throws {OperationRefused}
 */
export async function verifyBackup(file: string, opening: Opening, place: string): Promise<BackupReport> {
  return inFolder(place, async (folder) => {
    const { content, keyring } = await openBackup(file, folder, opening);
    return reportOf(file, content, keyring);
  });
}

/**
 * Makes an installation of a backup, where there is none. @throws {OperationRefused} and then nothing was changed
 */
export async function restoreBackup(
  { path, secretPath }: Installation,
  file: string,
  opening: Opening,
): Promise<BackupReport> {
  // SQLite would bring what a leftover log or journal has into the restored database.
  for (const place of [path, logPath(path), `${path}-shm`, `${path}-journal`]) {
    if (!existsSync(place)) continue;
    throw new OperationRefused(`${place} is there; stop the server and move it away, then restore again`);
  }
  return inFolder(dirname(path), async (folder) => {
    const { content, keyring, copy } = await openBackup(file, folder, opening);
    const there = secretPath !== undefined && readSecretFile(secretPath)?.keyring;
    if (there && content.secretIds.some((id) => !there.ids().includes(id))) {
      throw new OperationRefused(`${secretPath} has other secrets than the backup; move it away first`);
    }
    if (!keyring && secretPath !== undefined && !there && content.secretIds.length > 0) {
      throw new OperationRefused(
        `the root secret is neither in ${file} nor in ${secretBeside(file)} nor in ${secretPath}; bring it to one of them`,
      );
    }
    removeNote(copy);
    await giveToOwnerOf(dirname(path), copy);
    if (secretPath !== undefined && !there && keyring)
      await putText(secretPath, keyring.reveal(), await ownerOf(dirname(path)));
    // The name is given last: whoever is interrupted before can restore again.
    await giveName(copy, path);
    return reportOf(file, content, keyring);
  });
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
