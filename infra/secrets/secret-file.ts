/** The root secret in a file, which is created on the first run. */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { link, mkdir, open, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { accessOf, type FileAccess } from '../file-access.ts';
import { generateKeyring, type Keyring, parseKeyring } from './keyring.ts';

/** The content of a secret file, and who can read it. */
export interface SecretFileContent {
  readonly keyring: Keyring;
  readonly access: FileAccess;
}

/** A file's owner and permission bits. */
export interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/**
 * Opens the secret file; with `create`, creates it if there is none. When several processes create it at once, all get
 * the same secret.
 * @throws {Error} naming the file and the fault, never its content
 */
export async function openSecretFile(
  path: string,
  { create }: { readonly create: boolean } = { create: true },
): Promise<Keyring> {
  let found = readSecretFile(path);
  if (!found && create) {
    await make(path);
    found = readSecretFile(path);
  }
  if (!found) throw secretFileError(path, create ? 'was removed while it was being made' : 'does not exist');
  const { keyring, access } = found;
  if (access.kind === 'open') throw new Error(`secret file ${access.detail}; ${access.remedy}`);
  return keyring;
}

/**
 * Reads a secret file, even if others can read it; `undefined` if there is none.
 * @throws {Error} naming the file and the fault, never its content
 */
export function readSecretFile(path: string): SecretFileContent | undefined {
  const read = readWithAccess(path);
  if (!read) return undefined;
  try {
    return { keyring: parseKeyring(read.text), access: read.access };
  } catch (error) {
    throw secretFileError(path, error instanceof Error ? error.message : 'is malformed');
  }
}

/** Reads mode and text from one open file, so that both are of the same file. */
function readWithAccess(path: string): { readonly text: string; readonly access: FileAccess } | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) throw secretFileError(path, 'is not a file');
      return { text: readFileSync(file, 'utf8'), access: accessOf(path, stats) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return undefined;
    throw secretFileError(path, `cannot be read (${code})`, error);
  }
}

/** Writes a complete draft, then gives it its name only if no file has it. */
async function make(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { uid, gid } = await stat(folder);
    // A file that root creates in another user's folder is for that user's server.
    const owner = process.geteuid?.() === 0 ? { uid, gid, mode: 0o600 } : undefined;
    const draft = await writeDraft(path, generateKeyring().reveal(), owner);
    try {
      await link(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
    await flushFolder(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return;
    throw secretFileError(path, `cannot be made (${code ?? 'unknown error'})`, error);
  }
}

/**
 * Writes a text to a draft beside `path`; it is on the disk when this resolves.
 * @returns the draft's path
 * @throws {Error} the file system's; then there is no draft
 */
export async function writeDraft(path: string, text: string, owner?: Ownership): Promise<string> {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    if (owner) {
      const { uid, gid } = await file.stat();
      if (uid !== owner.uid || gid !== owner.gid) await file.chown(owner.uid, owner.gid);
      await file.chmod(owner.mode & 0o777);
    }
    await file.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return draft;
}

/**
 * Without this, a power failure could remove the name of a file that accounts need. Windows cannot flush a folder.
 */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The file system's code of an error. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** An error about a secret file: its path and the fault. */
export function secretFileError(path: string, what: string, cause?: unknown): Error {
  return new Error(`secret file ${path}: ${what}`, cause === undefined ? {} : { cause });
}
