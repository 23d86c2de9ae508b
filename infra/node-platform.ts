/** What Node has of its own: argon2 as native code, and crypto that answers at once. */
import type { Platform } from './compose.ts';
import { createHasher } from './passwords/argon2.ts';
import { createBcryptVerifier } from './passwords/bcrypt.ts';
import { createSealer } from './secrets/sealer.ts';

/** For the server, the functions and the commands. */
export const nodePlatform: Platform = { createHasher, createSealer, createBcryptVerifier };
