/** bcrypt, for passwords imported from other sites. Each is checked until the first match, then replaced. */
import pLimit from 'p-limit';
import { HasherBusy } from '../../core/failures.ts';
import type { BcryptVerifier } from '../../core/ports.ts';

/** The most checks that may wait: each takes a third of a second at cost 12, which Dreamwidth uses. */
const queue = 20;

/** The function of bcryptjs that checks. */
type Compare = 'compare' | 'compareSync';

/** The core's port for a Worker, which checks without pauses: work in slices ends there when the client disconnects. */
export function createSyncBcryptVerifier(): BcryptVerifier {
  return createBcryptVerifier('compareSync');
}

/**
 * The core's port. It makes one check at a time, because two would share one thread. The work is done in slices, so
 * that the event loop can do other work in between.
 */
export function createBcryptVerifier(compare: Compare = 'compare'): BcryptVerifier {
  const limit = pLimit(1);
  return {
    async matches(bcrypt, password) {
      if (limit.activeCount + limit.pendingCount > queue) {
        throw new HasherBusy(`${queue} bcrypt hashes wait to be checked already`);
      }
      return limit(() => matchesBcrypt(compare, bcrypt, password));
    },
  };
}

/**
 * Whether a plain password matches a hash. The hashed password was UTF-8, of which bcrypt reads 72 bytes.
 */
async function matchesBcrypt(compare: Compare, hash: string, password: Uint8Array): Promise<boolean> {
  const text = textOf(password);
  if (text === undefined || !isHashable(text)) return false;
  // Loaded at the first check: most sites have no bcrypt hashes, and loading it at the start would delay each start.
  const bcrypt = await import('bcryptjs');
  try {
    return await bcrypt[compare](text, hash);
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
