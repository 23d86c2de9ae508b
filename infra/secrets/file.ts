/** The root secret in a file: made on first run, for its owner's eyes only. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { generateKeyring, type Keyring, parseKeyring } from './keyring.ts';
import type { SecretSource } from './source.ts';

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

/** A secret file as a place to change secrets in. Servers look at their file once a second. */
export function secretFile(path: string): SecretSource {
  return {
    description: path,
    settle: 5,
    read: () => openSecretFile(path, { create: false }),
    replace: (keyring) => replace(path, keyring),
    alone: (work) => alone(`${path}.lock`, work),
  };
}

/** Readers see the old file or the new one, whole. */
async function replace(path: string, keyring: Keyring): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeDraft(draft, keyring.reveal());
    await rename(draft, path);
    if (posix) await flush(folder);
  } catch (error) {
    await rm(draft, { force: true });
    throw trouble(path, `cannot be replaced (${codeOf(error) ?? 'unknown error'})`, error);
  }
}

/** The lock names its process; one that is gone left it behind. */
async function alone<T>(lock: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; !(await takeLock(lock)); attempt++) {
    const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (attempt > 0 || (pid > 0 && isRunning(pid))) {
      throw trouble(lock, `process ${pid || '?'} is changing the secrets; wait until it has ended`);
    }
    await rm(lock, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx', 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw trouble(lock, `cannot be made (${codeOf(error) ?? 'unknown error'})`, error);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
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
