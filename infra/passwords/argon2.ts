/** argon2id as native code, outside the main thread. */
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import type { PasswordHasher } from '../../core/ports.ts';
import type { Keys } from '../secrets/secret-keys.ts';
import { type HasherOptions, pepperedHasher } from './hasher.ts';

/** Builds the hasher: the current secret's pepper hashes, every valid one verifies. */
export function createHasher(keyring: Keys, options: HasherOptions = {}): PasswordHasher {
  return pepperedHasher(
    {
      hash: (password, cost, secret) => hash(password, { ...cost, secret }),
      verify: (phc, _, password, secret) => verify(phc, password, { secret }),
      mostMemory: 256 * 1024,
      concurrency: defaultConcurrency(),
    },
    keyring,
    options,
  );
}

/**
 * Many wrong passwords must not delay calls with sessions. On Linux hashing has a lower priority than the event loop
 * (see `hashInBackground`), so it may use every core; elsewhere one core is left to the event loop. One of libuv's
 * threads (4 by default) stays free for files and DNS.
 */
function defaultConcurrency(): number {
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4) || 4;
  const cores = availableParallelism() - (process.platform === 'linux' ? 0 : 1);
  return Math.max(1, Math.min(cores, threads - 1));
}
