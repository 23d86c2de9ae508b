/** The keys that seal challenges, from a keyring. */
import type { ChallengeKeys } from '../../core/ports.ts';
import type { Keys } from './keys.ts';
import { type MacOf, onceForEachKey, plainMac } from './macs.ts';

/** The current secret's key mints; every valid secret's is recognised. */
export function challengeKeys(keyring: Keys, macOf: MacOf = plainMac): ChallengeKeys {
  const known = onceForEachKey(macOf);
  return {
    current() {
      const { id, key } = keyring.current('challenge');
      return { id, mac: known(key) };
    },
    byId(id) {
      const key = keyring.byId(id, 'challenge');
      return key && known(key);
    },
  };
}
