/** The files of backups: written whole or not at all, over nothing, and drafts that are gone afterwards. */
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync, rmSync } from 'node:fs';
import { chown, link, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { headLength, isEncrypted } from '../secrets/passphrase.ts';
import { codeOf, flushFolder, type Ownership, writeDraft } from '../secrets/secret-file.ts';
import { OperationRefused } from './operator-context.ts';

/** The bytes of a file. */
export function streamOf(path: string): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
}

/** Whether a file is encrypted to a passphrase. @throws {OperationRefused} where it cannot be read */
export async function startsEncrypted(file: string): Promise<boolean> {
  const unreadable = (error: Error) => {
    throw new OperationRefused(`${file} cannot be read (${error.message}); name a backup`);
  };
  const handle = await open(file).catch(unreadable);
  try {
    const { buffer } = await handle
      .read(Buffer.alloc(headLength), 0, headLength, 0)
      .catch((error: Error) => unreadable(error));
    return isEncrypted(buffer);
  } finally {
    await handle.close();
  }
}

/**
 * Writes a draft, and gives it its name when it is on the disk. `write` must refuse a draft that is there: nobody else
 * can then have made it, to read it or to lead it elsewhere.
 * @throws {OperationRefused} where another file has the name by now
 */
export async function put(file: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomUUID()}.part`);
  await removedAfter(draft, async () => {
    try {
      await write(draft);
      const handle = await open(draft, 'r+');
      await handle.sync().finally(() => handle.close());
    } catch (error) {
      throw notWritten(file, error);
    }
    await giveName(draft, file);
  });
}

/** The system's own sentence names the draft, which is gone by then. */
function notWritten(file: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (code === undefined) return cause;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const remedy = isFull ? 'free space there' : `let this user write to ${dirname(file)}`;
  return new OperationRefused(`${file} cannot be written (${code}); ${remedy}, or name another place`);
}

/** Gives a draft its name, over nothing, and durably. @throws {OperationRefused} where a file has it */
export async function giveName(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    const taken = codeOf(error) === 'EEXIST' || existsSync(file);
    if (taken) throw new OperationRefused(`${file} is there already; name a new file`);
    // Not every file system of a stick or a network has links.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(codeOf(error) ?? '')) throw error;
    await rename(draft, file);
  }
  await flushFolder(dirname(file));
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

/** Writes a text whole, or not at all. @throws {OperationRefused} where a file has the name */
export async function putText(path: string, text: string, owner?: Ownership): Promise<void> {
  const draft = await writeDraft(path, text, owner);
  await removedAfter(draft, () => giveName(draft, path));
}

/** How the folders begin in which a backup is worked on. */
const folderName = '.ljgate-backup-';

/** Milliseconds after which such a folder is one that a killed process has left. */
const leftAfter = 12 * 3600_000;

/** Works in a folder of its own, which is removed afterwards, with all that is in it. */
export async function inFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(folderName)) continue;
    const left = join(parent, name);
    const { mtimeMs } = await stat(left).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < Date.now() - leftAfter) await rm(left, { recursive: true, force: true });
  }
  const folder = await mkdtemp(join(parent, folderName));
  return removedAfter(folder, () => work(folder));
}

/** Removes a file or a folder after the work, also where the process exits before: it may hold a root secret. */
async function removedAfter<T>(path: string, work: () => Promise<T>): Promise<T> {
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await work();
  } finally {
    process.removeListener('exit', remove);
    remove();
  }
}
