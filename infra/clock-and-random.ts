/** The clock and the random numbers of the machine, on every runtime. */
import type { Clock, Randomness } from '../core/ports.ts';

/** The wall clock. */
export const systemClock: Clock = { now: () => Date.now() };

const pool = new Uint8Array(4096);
let used = pool.length;

/** The system's CSPRNG, read in blocks: one system call serves about a hundred tokens. */
export const systemRandom: Randomness = {
  bytes(count) {
    if (count > pool.length) return crypto.getRandomValues(new Uint8Array(count));
    if (used + count > pool.length) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + count);
    pool.fill(0, used, used + count);
    used += count;
    return bytes;
  },
};
