/** Plugs the core's ports into what a runtime has: any store, any hashing, any sealing. */
import type { ForeignHashes, PasswordHasher, Ports, Sealer, Store } from '../core/ports.ts';
import { rememberChecks } from './passwords/remembered.ts';
import { challengeKeys } from './secrets/challenge-keys.ts';
import type { Keys } from './secrets/keys.ts';
import { systemClock, systemRandom } from './system.ts';
import { noteRemembered, timedHasher, timedStore } from './telemetry/measures.ts';

/** What each runtime does in its own way. */
export interface Means {
  readonly hasher: PasswordHasher;
  readonly foreign: ForeignHashes;
  readonly sealer: Sealer;
}

/** Builds the ports. `remember`: minutes, 0 for not at all. */
export function assemblePorts(
  store: Store,
  keyring: Keys,
  remember: number,
  { hasher, foreign, sealer }: Means,
): Ports {
  const { records, accounts, sessions, spent, refused } = timedStore(store);
  return {
    records,
    accounts,
    sessions,
    spent,
    refused,
    clock: systemClock,
    random: systemRandom,
    challengeKeys: challengeKeys(keyring),
    foreign,
    hasher: rememberChecks(timedHasher(hasher), {
      minutes: remember,
      onCheck: (answered) => answered === 'remembered' && noteRemembered(),
    }),
    sealer,
  };
}
