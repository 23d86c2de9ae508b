/** The root secret in a file: made on first run, for its owner's eyes only. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { generateKeyring, type Keyring, parseKeyring } from './keyring.ts';

/** Windows keeps access lists instead of modes, and cannot flush a folder. */
const posix = process.platform !== 'win32';

/**
 * Opens the secret file; with `create`, makes it where there is none. Of several processes that
 * make it at once one wins, and all end with the winner's secret.
 * @throws {Error} naming the file and what is wrong with it, never what stands in it
 */
export async function openSecretFile(
  path: string,
  { create }: { readonly create: boolean } = { create: true },
): Promise<Keyring> {
  const found = await read(path);
  if (found) return found;
  if (!create) throw trouble(path, 'does not exist');
  await make(path);
  const made = await read(path);
  if (!made) throw trouble(path, 'was removed while it was being made');
  return made;
}

async function read(path: string): Promise<Keyring | undefined> {
  const text = await readPrivate(path);
  if (text === undefined) return undefined;
  try {
    return parseKeyring(text);
  } catch (error) {
    throw trouble(path, error instanceof Error ? error.message : 'is malformed');
  }
}

/** Mode and text are taken from one open file, so no other can slip in between. */
async function readPrivate(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw trouble(path, 'is not a file');
      if (posix && (stats.mode & 0o077) !== 0) {
        throw trouble(path, `is open to other users; run: chmod 600 ${path}`);
      }
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return undefined;
    throw trouble(path, `cannot be read (${code})`, error);
  }
}

/** Writes a draft in full, then gives it its name only if the name is free. */
async function make(path: string): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await writeDraft(draft, generateKeyring().reveal());
      await link(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
    if (posix) await flush(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return;
    throw trouble(path, `cannot be made (${code ?? 'unknown error'})`, error);
  }
}

async function writeDraft(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without this a power cut could take the name away from a file that accounts depend on. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function trouble(path: string, what: string, cause?: unknown): Error {
  return new Error(`secret file ${path}: ${what}`, cause === undefined ? {} : { cause });
}
