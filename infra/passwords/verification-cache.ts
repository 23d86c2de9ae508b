/** Caches successful password checks: legacy clients send the password with every call. */
import { LRUCache } from 'lru-cache';
import type { Verifier } from '../../core/accounts/account.ts';
import { type Md5Hex, macHex } from '../../core/auth/digest.ts';
import type { PasswordHasher } from '../../core/ports.ts';
import { systemRandom } from '../clock-and-random.ts';

/** How a check was answered. `shared`: by the hash that another check had started. */
export type CheckAnswered = 'remembered' | 'shared' | 'computed';

/** How much is cached, and for how long. */
export interface VerificationCacheOptions {
  /** 5 by default, counted from the hash: later hits do not extend it. 0 turns the cache off. */
  readonly minutes?: number;
  /** 10,000 by default; the least recently used entry is dropped. */
  readonly entries?: number;
  /** A monotonic clock, in milliseconds. */
  readonly now?: () => number;
  /** Called for each check, for telemetry. */
  readonly onCheck?: (answered: CheckAnswered) => void;
}

/**
 * Wraps a hasher. The cache does not help to guess a password: its entries are HMACs under a key that only this
 * process has. They include the stored verifier, so an entry no longer matches after the password has changed.
 */
export function cacheVerifications(
  hasher: PasswordHasher,
  options: VerificationCacheOptions = {},
): PasswordHasher {
  const { minutes = 5, entries = 10_000, now = () => performance.now(), onCheck } = options;
  if (minutes <= 0) return hasher;
  const key = systemRandom.bytes(32);
  const verified = new LRUCache<string, true>({
    max: entries,
    ttl: minutes * 60_000,
    ttlResolution: 0,
    perf: { now },
  });
  const underWay = new Map<string, Promise<boolean>>();

  async function check(name: string, verifier: Verifier, digest: Md5Hex): Promise<boolean> {
    const checking = hasher.verify(verifier, digest);
    underWay.set(name, checking);
    try {
      const holds = await checking;
      if (holds) verified.set(name, true);
      return holds;
    } finally {
      underWay.delete(name);
    }
  }

  return {
    hash: (digest) => hasher.hash(digest),
    isOutdated: (verifier) => hasher.isOutdated(verifier),
    async verify(verifier, digest) {
      const pair = JSON.stringify([verifier.secret, verifier.phc, digest]);
      const name = macHex(key, pair);
      if (verified.get(name)) {
        onCheck?.('remembered');
        return true;
      }
      const sharing = underWay.get(name);
      onCheck?.(sharing ? 'shared' : 'computed');
      return sharing ?? check(name, verifier, digest);
    },
  };
}
