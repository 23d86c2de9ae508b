/** The keys that seal challenges, from a keyring. */
import type { ChallengeKeys } from '../../core/ports.ts';
import type { Keys } from './keys.ts';

/** The current secret's key mints; every valid secret's is recognised. */
export function challengeKeys(keyring: Keys): ChallengeKeys {
  return {
    current: () => keyring.current('challenge'),
    byId: (id) => keyring.byId(id, 'challenge'),
  };
}
