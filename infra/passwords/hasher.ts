/** Hashes passwords by any argon2id, with a pepper, and limits how many hashes run at once. */
import { LRUCache } from 'lru-cache';
import { StoreFailed } from '../../core/failures.ts';
import type { PasswordHasher } from '../../core/ports.ts';
import { type Keys, requiredKey } from '../secrets/secret-keys.ts';
import { boundedQueue, type QueueObserver } from './bounded-queue.ts';
import { type Cost, type Phc, parsePhc } from './phc.ts';

/** Cost and load. The defaults are OWASP's first choice for argon2id. */
export interface HasherOptions {
  /** KiB. */
  readonly memoryCost?: number;
  readonly timeCost?: number;
  readonly parallelism?: number;
  /** Hashes computed at once. */
  readonly concurrency?: number;
  /** The most hashes that may wait; one more throws `HasherBusy`. */
  readonly queue?: number;
  /** Milliseconds that a hash may wait before it throws `HasherBusy`. */
  readonly longestWait?: number;
  /** Observes the queue of hashes. */
  readonly observer?: QueueObserver | undefined;
}

/** For operators' work, which may wait as long as it takes. */
export const unhurried = {
  queue: Number.POSITIVE_INFINITY,
  longestWait: Number.POSITIVE_INFINITY,
} satisfies HasherOptions;

/** An implementation of argon2id. */
export interface Argon2id {
  /** Makes a PHC string with a fresh salt. */
  hash(password: string, cost: Cost, secret: Uint8Array): Promise<string>;
  /** `parsed`: the same verifier, in parts. */
  verify(phc: string, parsed: Phc, password: string, secret: Uint8Array): Promise<boolean>;
  /** The most memory that a stored verifier may name, in KiB. */
  readonly mostMemory: number;
  /** The default of `HasherOptions.concurrency`. */
  readonly concurrency: number;
}

/**
 * The most passes that a stored verifier may name. argon2 uses the cost in the stored text, so a damaged record that
 * names terabytes or endless passes would stop the process.
 */
const mostTime = 32;

/** Builds the hasher: the current secret's pepper hashes, every valid one verifies. */
export function pepperedHasher(argon2id: Argon2id, keyring: Keys, options: HasherOptions): PasswordHasher {
  const { memoryCost = 19_456, timeCost = 2, parallelism = 1 } = options;
  const { concurrency = argon2id.concurrency, queue = 64, longestWait, observer } = options;
  const queued = boundedQueue('passwords', {
    concurrency,
    queue,
    observer,
    ...(longestWait && { longestWait }),
  });
  const dearest = {
    memoryCost: Math.max(memoryCost, argon2id.mostMemory),
    timeCost: Math.max(timeCost, mostTime),
  };

  /** Parsed verifiers: one is needed at every log-in of its account. */
  const read = new LRUCache<string, Phc>({ max: 1000 });
  const parse = (phc: string) => {
    const known = read.get(phc);
    if (known) return known;
    const parsed = parsePhc(phc);
    if (parsed) read.set(phc, parsed);
    return parsed;
  };

  return {
    async hash(digest) {
      const { id, key } = keyring.current('pepper');
      const cost = { memoryCost, timeCost, parallelism };
      return { phc: await queued(() => argon2id.hash(digest, cost, key)), secret: id };
    },

    async verify(verifier, digest) {
      const { phc, secret } = verifier;
      const parsed = parse(phc);
      if (!parsed || isBeyond(parsed, dearest)) throw new StoreFailed('a password verifier is malformed');
      const pepper = await requiredKey(keyring, secret, 'pepper');
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
