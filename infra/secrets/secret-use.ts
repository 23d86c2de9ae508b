/**
 * Records in the store which root secrets are used, before the first record needs one, and watches for secrets that
 * this process does not have.
 */
import { SecretMissing } from '../../core/failures.ts';
import type { ChallengeKeys, PasswordHasher, Sealer, SecretIds } from '../../core/ports.ts';
import { sealedWith } from './sealed-text.ts';
import type { Keys } from './secret-keys.ts';

/** The parts that write and read records which need a root secret. */
export interface SecretUsers {
  readonly hasher: PasswordHasher;
  readonly sealer: Sealer;
}

/**
 * A hasher and a sealer that add each secret's id to the store before they return a record which needs it. So a
 * process can tell whether its secrets are those of the store.
 */
export function recordUse({ hasher, sealer }: SecretUsers, secretIds: SecretIds): SecretUsers {
  let last: string | undefined;
  const record = async (id: string | undefined) => {
    if (id === undefined || id === last) return;
    await secretIds.add([id]);
    last = id;
  };
  return {
    hasher: {
      async hash(digest) {
        const verifier = await hasher.hash(digest);
        await record(verifier.secret);
        return verifier;
      },
      verify: (verifier, digest) => hasher.verify(verifier, digest),
      isOutdated: (verifier) => hasher.isOutdated(verifier),
    },
    sealer: {
      async seal(digest, account, purpose) {
        const sealed = await sealer.seal(digest, account, purpose);
        await record(sealedWith(sealed));
        return sealed;
      },
      open: (sealed, account, purpose) => sealer.open(sealed, account, purpose),
    },
  };
}

/** The same parts, watched for missing secrets. */
export interface WatchedSecrets extends SecretUsers {
  readonly challengeKeys: ChallengeKeys;
  /** @throws {SecretMissing} when a call needed a secret that the store needs and that is still missing */
  check(): Promise<void>;
}

/** Milliseconds for which the store's list is reused: callers can name any secret as often as they like. */
const listedFor = 2000;

/** Watches which secrets are used and missing. */
export function watchSecrets(keys: Keys, secretIds: SecretIds, users: SecretUsers): WatchedSecrets {
  const missing = new Set<string>();
  async function watched<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof SecretMissing) missing.add(error.secret);
      throw error;
    }
  }

  let listing: Promise<ReadonlySet<string> | undefined> | undefined;
  let listed = Number.NEGATIVE_INFINITY;
  async function isUsed(id: string): Promise<boolean> {
    if (performance.now() - listed > listedFor) {
      listed = performance.now();
      listing = secretIds.list();
    }
    return (await listing)?.has(id) === true;
  }

  const { hasher, sealer } = recordUse(users, secretIds);
  return {
    hasher: { ...hasher, verify: (verifier, digest) => watched(() => hasher.verify(verifier, digest)) },
    sealer: {
      ...sealer,
      open: (sealed, account, purpose) => watched(() => sealer.open(sealed, account, purpose)),
    },
    challengeKeys: {
      current: () => keys.current('challenge'),
      byId: (id) => keys.byId(id, 'challenge'),
      async find(id) {
        if (!(await isUsed(id))) return 'unknown';
        await keys.reread();
        if (keys.byId(id, 'challenge')) return 'found';
        missing.add(id);
        return 'missing';
      },
    },
    async check() {
      if (missing.size === 0) return;
      await keys.reread();
      const needed = await secretIds.list();
      for (const id of missing) {
        if (keys.byId(id, 'challenge') || needed?.has(id) === false) missing.delete(id);
      }
      for (const id of missing) throw new SecretMissing(id);
    },
  };
}
