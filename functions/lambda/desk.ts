/** What the admin function works with, from the variables of its function. */

import type { Desk } from '../../infra/operations/verbs.ts';
import { createHasher } from '../../infra/passwords/argon2.ts';
import { secretFile } from '../../infra/secrets/file.ts';
import { managedSecret } from '../../infra/secrets/managed.ts';
import { createSealer } from '../../infra/secrets/sealer.ts';
import { parseSecretSpec } from '../../infra/secrets/spec.ts';
import { openStore } from '../../infra/store/open.ts';
import { parseStoreSpec } from '../../infra/store/spec.ts';
import { systemClock, systemRandom } from '../../infra/system.ts';
import type { Variables } from './world.ts';

/** @throws {Error} naming the variable that is wrong */
export async function openDesk(variables: Variables): Promise<Desk> {
  const storeSpec = read(variables, 'LJGATE_STORE', parseStoreSpec);
  const place = read(variables, 'LJGATE_SECRET', parseSecretSpec);
  const source = place.kind === 'file' ? secretFile(place.path) : managedSecret(place.id);
  return {
    store: await openStore(storeSpec),
    source,
    configuration: [
      { what: 'configuration', well: true, detail: `LJGATE_STORE, LJGATE_SECRET (${source.description})` },
    ],
    clock: systemClock,
    random: systemRandom,
    // Read anew each time: an operator's events are few, and a rotated secret must hold at once.
    async unlock() {
      const keyring = await source.read();
      return { hasher: createHasher(keyring, { queue: 1000 }), sealer: createSealer(keyring) };
    },
  };
}

function read<T>(variables: Variables, name: string, parse: (text: string) => T): T {
  const text = variables[name] ?? '';
  try {
    return parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${name} ${why}; got ${JSON.stringify(text)}`, { cause });
  }
}
