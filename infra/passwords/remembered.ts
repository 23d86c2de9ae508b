/** Remembers password checks that held: legacy clients send the password with every call. */
import { LRUCache } from 'lru-cache';
import type { Verifier } from '../../core/account.ts';
import { type Md5Hex, macHex } from '../../core/digest.ts';
import type { PasswordHasher } from '../../core/ports.ts';
import { systemRandom } from '../system.ts';

/** How a check was answered. `shared`: with the hash that another check was waiting for. */
export type CheckAnswered = 'remembered' | 'shared' | 'computed';

/** What is remembered, and for how long. */
export interface RememberOptions {
  /** 5 by default, counted from the hash however often it is asked for meanwhile; 0: not at all. */
  readonly minutes?: number;
  /** 10,000 by default; the least used give way. */
  readonly entries?: number;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
  /** Told of each check, for telemetry. */
  readonly onCheck?: (answered: CheckAnswered) => void;
}

/**
 * Wraps a hasher. Nothing is kept that helps to guess a password: entries are HMACs under a key
 * that dies with the process. They cover the stored verifier, so a changed password is forgotten.
 */
export function rememberChecks(hasher: PasswordHasher, options: RememberOptions = {}): PasswordHasher {
  const { minutes = 5, entries = 10_000, now = () => performance.now(), onCheck } = options;
  if (minutes <= 0) return hasher;
  const key = systemRandom.bytes(32);
  const held = new LRUCache<string, true>({
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
      if (holds) held.set(name, true);
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
      if (held.get(name)) {
        onCheck?.('remembered');
        return true;
      }
      const sharing = underWay.get(name);
      onCheck?.(sharing ? 'shared' : 'computed');
      return sharing ?? check(name, verifier, digest);
    },
  };
}
