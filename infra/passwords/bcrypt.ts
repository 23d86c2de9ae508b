/** bcrypt, for passwords brought over from other sites: held against once, then replaced. */
import pLimit from 'p-limit';
import { type ForeignHashes, HasherBusy } from '../../core/ports.ts';

/** Checks that may wait: each takes a third of a second at Dreamwidth's cost, 12. */
const queue = 20;

/** bcryptjs's function to check with. */
type Compare = 'compare' | 'compareSync';

/** The core's port, for a Worker: what goes on in slices there ends when its caller hangs up. */
export function foreignHashesAtOnce(): ForeignHashes {
  return foreignHashes('compareSync');
}

/**
 * The core's port. One check at a time: two would only take turns. The work is done in slices between
 * which the event loop turns.
 */
export function foreignHashes(compare: Compare = 'compare'): ForeignHashes {
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
 * Whether a plain password is the one that was hashed. bcrypt was fed UTF-8 and reads 72 bytes of
 * it.
 */
async function matchesBcrypt(compare: Compare, hash: string, password: Uint8Array): Promise<boolean> {
  const text = textOf(password);
  if (text === undefined) return false;
  // Loaded when the first of them comes: most sites have none, and every start would wait for it.
  const bcrypt = await import('bcryptjs');
  try {
    return await bcrypt[compare](text, hash);
  } catch {
    return false;
  }
}

/** `stream`: what is left of a character that was cut after byte 72 is dropped. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}
