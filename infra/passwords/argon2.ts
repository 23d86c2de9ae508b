/** argon2id as native code in libuv's threads, for functions: they write no files, so nothing else needs those. */
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
      // libuv has four threads.
      concurrency: Math.min(4, availableParallelism()),
    },
    keyring,
    options,
  );
}
