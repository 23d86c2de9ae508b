/** Passwords under argon2id with a pepper, off the main thread, never more at once than is good. */
import { availableParallelism } from 'node:os';
import { hash, type ParsedHashOptions, parseOptions, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import type { Verifier } from '../../core/account.ts';
import { HasherBusy, type PasswordHasher, StoreFailed } from '../../core/ports.ts';
import type { Keys } from '../secrets/keys.ts';

/** Cost and load. The defaults are OWASP's first choice for argon2id. */
export interface HasherOptions {
  /** KiB. */
  readonly memoryCost?: number;
  readonly timeCost?: number;
  readonly parallelism?: number;
  /** Hashes computed at once. */
  readonly concurrency?: number;
  /** Hashes that may wait; past them, `HasherBusy`. */
  readonly queue?: number;
}

/** Numbers of `@node-rs/argon2`, whose const enums a single-file compiler cannot read. */
const argon2id = 2;
const version13 = 1;

/**
 * The dearest verifier that is computed: argon2 takes the memory that the stored text names, and a
 * spoilt record that names terabytes would end the process.
 */
const ceiling = { memoryCost: 256 * 1024, timeCost: 32 };

/** Builds the hasher: the current secret's pepper hashes, every valid one verifies. */
export function createHasher(keyring: Keys, options: HasherOptions = {}): PasswordHasher {
  const { memoryCost = 19_456, timeCost = 2, parallelism = 1 } = options;
  const { concurrency = defaultConcurrency(), queue = 64 } = options;
  const limit = pLimit(concurrency);
  const dearest = {
    memoryCost: Math.max(memoryCost, ceiling.memoryCost),
    timeCost: Math.max(timeCost, ceiling.timeCost),
  };

  async function queued<T>(work: () => Promise<T>): Promise<T> {
    if (limit.activeCount + limit.pendingCount >= concurrency + queue) {
      throw new HasherBusy(`${queue} passwords wait to be hashed already`);
    }
    return limit(work);
  }

  return {
    async hash(digest) {
      const { id, key } = keyring.current('pepper');
      const cost = { memoryCost, timeCost, parallelism };
      return { phc: await queued(() => hash(digest, { ...cost, secret: key })), secret: id };
    },

    async verify(verifier, digest) {
      const pepper = keyring.byId(verifier.secret, 'pepper');
      const cost = costOf(verifier);
      if (!cost || isBeyond(cost, dearest)) throw new StoreFailed('a password verifier is malformed');
      if (!pepper) return false;
      return queued(() => verify(verifier.phc, digest, { secret: pepper }));
    },

    isOutdated(verifier) {
      const cost = costOf(verifier);
      if (!cost || verifier.secret !== keyring.current('pepper').id) return true;
      const weaker = cost.memoryCost < memoryCost || cost.timeCost < timeCost;
      return weaker || cost.parallelism < parallelism;
    },
  };
}

/** `undefined` for what is not argon2id as this gateway writes it. */
function costOf({ phc }: Verifier): ParsedHashOptions | undefined {
  try {
    const parsed = parseOptions(phc);
    return Number(parsed.algorithm) === argon2id && Number(parsed.version) === version13 ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isBeyond(cost: ParsedHashOptions, limits: typeof ceiling): boolean {
  return cost.memoryCost > limits.memoryCost || cost.timeCost > limits.timeCost;
}

/** The cores, but one of libuv's threads (4 unless set) stays free for files and DNS. */
function defaultConcurrency(): number {
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4) || 4;
  return Math.max(1, Math.min(availableParallelism(), threads - 1));
}
