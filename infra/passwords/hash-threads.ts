/**
 * Password hashing in threads of its own: the event loop goes on, and libuv's threads stay free for files, flushes
 * and DNS. The threads have a low priority, so many wrong passwords do not delay calls with sessions.
 */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { PasswordHasher } from '../../core/ports.ts';
import { openOnce } from '../open-once.ts';
import type { Keys } from '../secrets/secret-keys.ts';
import { bcryptVerifier } from './bcrypt.ts';
import { type HasherOptions, pepperedHasher } from './hasher.ts';

type Work = typeof import('./hash-thread.ts');

/** Elsewhere than on Linux threads have no priority of their own, and one core is left to the event loop. */
const cores = Math.max(1, availableParallelism() - (process.platform === 'linux' ? 0 : 1));

/** Milliseconds after which a thread that has nothing to do ends. */
const idleTimeout = 60_000;

/** Opened by the first hash. Threads that have nothing to do do not keep the process alive. */
function openThreads(
  maxThreads: number,
): <Name extends keyof Work>(
  name: Name,
  task: Parameters<Work[Name]>[0],
) => Promise<Awaited<ReturnType<Work[Name]>>> {
  const { href: filename } = new URL(`./hash-thread${extname(import.meta.url)}`, import.meta.url);
  const pool = openOnce(async () => new Piscina({ filename, minThreads: 0, maxThreads, idleTimeout }));
  return async (name, task) => (await pool()).run(task, { name });
}

const argon2Threads = openThreads(cores);

/** One, and not one of argon2's: a check takes a third of a second at cost 12, which Dreamwidth uses. */
const bcryptThread = openThreads(1);

/** argon2id: the current secret's pepper hashes, every valid one verifies. */
export function createThreadedHasher(keyring: Keys, options: HasherOptions = {}): PasswordHasher {
  return pepperedHasher(
    {
      hash: (text, cost, secret) => argon2Threads('hash', { text, options: { ...cost, secret } }),
      verify: (verifier, _, text, secret) => argon2Threads('verify', { text, verifier, secret }),
      mostMemory: 256 * 1024,
      concurrency: cores,
    },
    keyring,
    options,
  );
}

/** bcrypt, for passwords imported from other sites. */
export const createThreadedBcryptVerifier = () =>
  bcryptVerifier((text, verifier) => bcryptThread('compare', { text, verifier }));
