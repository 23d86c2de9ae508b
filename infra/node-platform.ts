/** What the server and the commands have of their own: threads that hash, and crypto that answers at once. */
import type { Platform } from './compose.ts';
import { createThreadedBcryptVerifier, createThreadedHasher } from './passwords/hash-threads.ts';
import { createSealer } from './secrets/sealer.ts';

/** For the server and the commands. */
export const nodePlatform: Platform = {
  createHasher: createThreadedHasher,
  createSealer,
  createBcryptVerifier: createThreadedBcryptVerifier,
};
