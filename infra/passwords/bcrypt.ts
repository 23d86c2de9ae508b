/** bcrypt, for passwords imported from other sites. Each is checked until the first match, then replaced. */
import type { BcryptVerifier } from '../../core/ports.ts';
import { boundedQueue } from './bounded-queue.ts';

/** The most checks that may wait: each takes a third of a second at cost 12, which Dreamwidth uses. */
const queue = 20;

/** Compares a text with a hash. It may throw or reject where the hash is malformed. */
export type CompareBcrypt = (text: string, hash: string) => boolean | Promise<boolean>;

// Loaded at the first check: most sites have no bcrypt hashes, and loading it at the start would delay each start.
const load = () => import('bcryptjs');

/** The core's port for a function. The work is done in slices, between which the event loop does other work. */
export const createBcryptVerifier = () =>
  bcryptVerifier(async (text, hash) => (await load()).compare(text, hash));

/** The core's port for a Worker, which checks without pauses: work in slices ends there when the client disconnects. */
export const createSyncBcryptVerifier = () =>
  bcryptVerifier(async (text, hash) => (await load()).compareSync(text, hash));

/** The core's port. It makes one check at a time: all are done by one thread. */
export function bcryptVerifier(compare: CompareBcrypt): BcryptVerifier {
  const queued = boundedQueue('bcrypt hashes', { concurrency: 1, queue });
  return { matches: (bcrypt, password) => queued(() => matchesBcrypt(compare, bcrypt, password)) };
}

/**
 * Whether a plain password matches a hash. The hashed password was UTF-8, of which bcrypt reads 72 bytes.
 */
async function matchesBcrypt(compare: CompareBcrypt, hash: string, password: Uint8Array): Promise<boolean> {
  const text = textOf(password);
  if (text === undefined || !isHashable(text)) return false;
  try {
    return await compare(text, hash);
  } catch {
    return false;
  }
}

/**
 * bcrypt repeats a password and its final NUL up to 72 bytes. So `a` equals `a`, NUL, `a`, and an empty password
 * equals any number of NULs.
 */
function isHashable(text: string): boolean {
  return text !== '' && !text.includes('\0');
}

/** `stream` drops the rest of a character that was cut after byte 72. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}
