/** Keyrings for tests: the same secret under the same id in every run. */
import { createHash } from 'node:crypto';
import { type Keyring, parseKeyring } from '../../../infra/secrets/keyring.ts';
import type { Keys } from '../../../infra/secrets/secret-keys.ts';

/** The 32 bytes of a secret. */
export function secretBytes(id: string): Uint8Array {
  return createHash('sha256').update(`secret ${id}`).digest();
}

/** The same in base64. */
export function secretText(id: string): string {
  return Buffer.from(secretBytes(id)).toString('base64');
}

/** A secret as it is stored. */
export function storedSecret(id: string) {
  return { id, secret: secretText(id), created: 1_700_000_000 };
}

/** A keyring with these secrets, the first one current. */
export function keyringOf(current: string, ...older: string[]): Keyring {
  return parseKeyring(JSON.stringify({ current, secrets: [current, ...older].map(storedSecret) }));
}

/** Keys whose source may be given another keyring; `reads` counts how often it was read again. */
export function changeableKeys(first: Keyring) {
  let [source, keyring, reads] = [first, first, 0];
  const keys: Keys = {
    current: (purpose) => keyring.current(purpose),
    byId: (id, purpose) => keyring.byId(id, purpose),
    ids: () => keyring.ids(),
    async reread() {
      reads++;
      keyring = source;
    },
  };
  const put = (next: Keyring) => {
    source = next;
  };
  return { keys, put, reads: () => reads };
}
