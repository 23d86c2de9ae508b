/** The keys that are derived from the root secrets, to hash, seal and make challenges. */
import { SecretMissing } from '../../core/failures.ts';

/** The purpose of a key. A key reveals nothing about keys of other purposes. */
export type KeyPurpose = 'challenge' | 'pepper' | 'seal' | 'assertion' | 'transfer';

/** Keys by purpose: a fixed keyring, or one that follows its source. */
export interface Keys {
  /** The current secret's key for a purpose, and the secret's id. */
  current(purpose: KeyPurpose): { readonly id: string; readonly key: Uint8Array };
  /** The key of any valid secret. */
  byId(id: string, purpose: KeyPurpose): Uint8Array | undefined;
  /** Ids of every valid secret. */
  ids(): readonly string[];
  /**
   * Reads the source again, because a missing secret may have been added. Does nothing shortly after the last read.
   * Never rejects.
   */
  reread(): Promise<void>;
}

/**
 * The key of a secret that a record needs.
 * @throws {SecretMissing} when neither this process nor its source has the secret
 */
export async function requiredKey(keys: Keys, id: string, purpose: KeyPurpose): Promise<Uint8Array> {
  const known = keys.byId(id, purpose);
  if (known) return known;
  await keys.reread();
  const key = keys.byId(id, purpose);
  if (!key) throw new SecretMissing(id);
  return key;
}
