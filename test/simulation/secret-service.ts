/** A secrets service that is away at times. */
import { Keyring } from '../../infra/secrets/keyring.ts';
import type { SecretSource } from '../../infra/secrets/secret-source.ts';
import type { Dice } from './dice.ts';
import type { Life } from './process.ts';

/** The service. */
export interface SecretService {
  /** The keyring as a process reads it when it starts: it waits for that. */
  startWith(): Keyring;
  /** @throws {Error} while the service is away */
  read(life: Life): Promise<Keyring>;
  /** The service as an operator's process uses it. */
  source(life: Life): SecretSource;
  /** Begins or ends an absence. */
  away(is: boolean): void;
}

/** Starts the service with one secret. */
export function createSecretService(dice: Dice, count: (event: string) => void): SecretService {
  let keyring = new Keyring('first', [{ id: 'first', bytes: new Uint8Array(32).fill(7), created: 1 }]);
  let [isAway, isChanging] = [false, false];
  const read = async (life: Life) => {
    await life.sleep(5 + dice.below(50));
    if (!isAway) return keyring;
    count('the secrets service is asked while it is away');
    throw new Error('the secrets service is away');
  };
  return {
    startWith: () => keyring,
    read,
    away(is) {
      isAway = is;
    },
    source: (life) => ({
      description: 'simulated',
      settle: 300,
      read: () => read(life),
      async change(edit) {
        await read(life);
        keyring = edit(keyring);
        return keyring;
      },
      async alone(work) {
        if (isChanging) throw new Error('another process rotates');
        isChanging = true;
        try {
          return await work();
        } finally {
          isChanging = false;
        }
      },
    }),
  };
}
