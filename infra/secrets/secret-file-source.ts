/** A secret file as a source of secrets that can be changed. */
import { statSync } from 'node:fs';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { accessOf } from '../file-access.ts';
import type { Keyring } from './keyring.ts';
import { codeOf, flushFolder, openSecretFile, secretFileError, writeDraft } from './secret-file.ts';
import type { SecretSource } from './secret-source.ts';

/** A secret file. Servers check their file once a second. */
export function secretFile(path: string): SecretSource {
  return {
    description: path,
    settle: 5,
    read: () => openSecretFile(path, { create: false }),
    access: () => accessOf(path, statSync(path)),
    change: (edit) => change(path, edit),
    alone: (work) => alone(`${path}.lock`, work),
  };
}

/** Attempts at a change while others change the file. */
const attempts = 5;

/**
 * Readers see the complete old file or the complete new one. The new file gets the owner and mode of the old one; if
 * that fails, nothing is changed, because a server that runs as another user could no longer read it.
 */
async function change(path: string, edit: (now: Keyring) => Keyring): Promise<Keyring> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const target = await realpath(path).catch(() => path);
    const before = await stat(target).catch(() => undefined);
    const next = edit(await openSecretFile(path, { create: false }));
    if (!before) continue;
    const draft = await writeDraft(target, next.reveal(), before).catch((error: unknown) => {
      throw unwritable(path, before.uid, error);
    });
    try {
      // A text editor does not take the lock. If it has written meanwhile, the file is read and edited again.
      const now = await stat(target);
      if (now.ino !== before.ino || now.mtimeMs !== before.mtimeMs || now.size !== before.size) continue;
      await rename(draft, target);
      await flushFolder(dirname(target));
      return next;
    } catch (error) {
      throw unwritable(path, before.uid, error);
    } finally {
      await rm(draft, { force: true });
    }
  }
  throw secretFileError(path, 'was changed by others all the while; nothing was done: try again');
}

function unwritable(path: string, owner: number, error: unknown): Error {
  const code = codeOf(error) ?? 'unknown error';
  const advice: Readonly<Record<string, string>> = {
    EPERM: `; it belongs to user ${owner}, who could not read what this user writes: run this as that user, or as root`,
    EBUSY: '; it is a mount of its own: mount its folder instead',
  };
  return secretFileError(path, `cannot be replaced (${code})${advice[code] ?? ''}`, error);
}

/** The lock names its process. If that process has ended, the lock is stale. */
async function alone<T>(lock: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; !(await takeLock(lock)); attempt++) {
    const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (attempt > 0 || (pid > 0 && isRunning(pid))) {
      throw secretFileError(lock, `process ${pid || '?'} is changing the secrets; wait until it has ended`);
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
    // Anybody who may change the secrets must be able to read who is changing them.
    const file = await open(lock, 'wx', 0o644);
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw secretFileError(lock, `cannot be made (${codeOf(error) ?? 'unknown error'})`, error);
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
