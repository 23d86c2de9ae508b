/** The files of backups: written whole or not at all, and drafts that are gone afterwards. */
import { createReadStream } from 'node:fs';
import { chown, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { headLength, isEncrypted } from '../secrets/passphrase.ts';
import { flushFolder, type Ownership, writeDraft } from '../secrets/secret-file.ts';
import { OperationRefused } from './operator-context.ts';

/** The bytes of a file. */
export function streamOf(path: string): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
}

/** Whether a file is encrypted to a passphrase. @throws {OperationRefused} where it cannot be read */
export async function startsEncrypted(file: string): Promise<boolean> {
  const handle = await open(file).catch((error: Error) => {
    throw new OperationRefused(`${file} cannot be read: ${error.message}`);
  });
  try {
    const { buffer } = await handle.read(Buffer.alloc(headLength), 0, headLength, 0);
    return isEncrypted(buffer);
  } finally {
    await handle.close();
  }
}

/** Writes a draft, and gives it its name when it is on the disk. */
export async function put(file: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${file}.part`;
  try {
    await write(draft);
    const handle = await open(draft, 'r+');
    await handle.sync().finally(() => handle.close());
    await rename(draft, file);
    await flushFolder(dirname(file));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Whom a file is for that is put into a folder: where root restores another user's store, that user. */
export async function ownerOf(folder: string): Promise<Ownership | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  const { uid, gid } = await stat(folder);
  return { uid, gid, mode: 0o600 };
}

/** Gives a file to whom it is for. */
export async function giveToOwnerOf(folder: string, file: string): Promise<void> {
  const owner = await ownerOf(folder);
  if (owner) await chown(file, owner.uid, owner.gid);
}

/** Writes a text whole, or not at all. */
export async function putText(path: string, text: string, owner?: Ownership): Promise<void> {
  await rename(await writeDraft(path, text, owner), path);
  await flushFolder(dirname(path));
}

/** Works in a folder of its own, which is removed afterwards, with all that is in it. */
export async function inFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, '.ljgate-backup-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
