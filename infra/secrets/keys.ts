/** The keys that come from the root secrets, for all that hashes, seals and mints. */

/** What a key is for. Keys of different purposes tell nothing about each other. */
export type KeyPurpose = 'challenge' | 'pepper' | 'seal';

/** Keys by purpose: a keyring as it stands, or one that follows its file. */
export interface Keys {
  /** The current secret's key for a purpose, and the secret's id. */
  current(purpose: KeyPurpose): { readonly id: string; readonly key: Uint8Array };
  /** The key of any valid secret. */
  byId(id: string, purpose: KeyPurpose): Uint8Array | undefined;
}
