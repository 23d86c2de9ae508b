/** Passwords under argon2id with a pepper, never more at once than is good, over any argon2id. */
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { HasherBusy, type PasswordHasher, StoreFailed } from '../../core/ports.ts';
import type { Keys } from '../secrets/keys.ts';
import { type Cost, type Phc, parsePhc } from './phc.ts';

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

/** An argon2id. */
export interface Argon2id {
  /** Makes a PHC string with a fresh salt. */
  hash(password: string, cost: Cost, secret: Uint8Array): Promise<string>;
  /** `parsed`: the same verifier, in parts. */
  verify(phc: string, parsed: Phc, password: string, secret: Uint8Array): Promise<boolean>;
  /** The most KiB that a stored verifier may take. */
  readonly mostMemory: number;
  /** Hashes computed at once, where nothing else is asked for. */
  readonly concurrency: number;
}

/**
 * The dearest verifier that is computed, in passes: argon2 takes what the stored text names, and a
 * spoilt record that names terabytes or aeons would end the process.
 */
const mostTime = 32;

/** Builds the hasher: the current secret's pepper hashes, every valid one verifies. */
export function pepperedHasher(argon2id: Argon2id, keyring: Keys, options: HasherOptions): PasswordHasher {
  const { memoryCost = 19_456, timeCost = 2, parallelism = 1 } = options;
  const { concurrency = argon2id.concurrency, queue = 64 } = options;
  const limit = pLimit(concurrency);
  const dearest = {
    memoryCost: Math.max(memoryCost, argon2id.mostMemory),
    timeCost: Math.max(timeCost, mostTime),
  };

  /** A verifier is read at every log-in of its account. */
  const read = new LRUCache<string, Phc>({ max: 10_000 });
  const parse = (phc: string) => {
    const known = read.get(phc);
    if (known) return known;
    const parsed = parsePhc(phc);
    if (parsed) read.set(phc, parsed);
    return parsed;
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
      return { phc: await queued(() => argon2id.hash(digest, cost, key)), secret: id };
    },

    async verify(verifier, digest) {
      const { phc, secret } = verifier;
      const pepper = keyring.byId(secret, 'pepper');
      const parsed = parse(phc);
      if (!parsed || isBeyond(parsed, dearest)) throw new StoreFailed('a password verifier is malformed');
      if (!pepper) return false;
      return queued(() => argon2id.verify(phc, parsed, digest, pepper));
    },

    isOutdated(verifier) {
      const cost = parse(verifier.phc);
      if (!cost || verifier.secret !== keyring.current('pepper').id) return true;
      const weaker = cost.memoryCost < memoryCost || cost.timeCost < timeCost;
      return weaker || cost.parallelism < parallelism;
    },
  };
}

function isBeyond(cost: Cost, limits: Pick<Cost, 'memoryCost' | 'timeCost'>): boolean {
  return cost.memoryCost > limits.memoryCost || cost.timeCost > limits.timeCost;
}
