/** Keys that follow their source: a running server takes part in a rotation without a restart. */
import { readFileSync, type Stats, statSync } from 'node:fs';
import { type Keyring, parseKeyring } from './keyring.ts';
import type { Keys } from './keys.ts';
import type { SecretSource } from './source.ts';

/** Keys as they now are. */
export interface LiveKeys extends Keys {
  /**
   * Resolves when the keys are fresh enough to answer a call with; at once, nearly always. For
   * functions that are frozen between calls, and so cannot look by themselves in time.
   */
  fresh(): Promise<void>;
}

/** Told when the source cannot be read any more; the keys stay as they were. */
export type OnTrouble = (error: unknown) => void;

/** Milliseconds between two looks at a file. A look is one `stat`. */
const interval = 1000;

/**
 * Follows a secret file. It is looked at when keys are asked for, at most once a second, so a
 * change holds from the next second on, and no client can make it be read more often.
 */
export function followFile(path: string, keyring: Keyring, onTrouble: OnTrouble): LiveKeys {
  let keys = keyring;
  let seen = '';
  let looked = Number.NEGATIVE_INFINITY;
  const look = (): Keyring => {
    const now = performance.now();
    if (now - looked < interval) return keys;
    looked = now;
    try {
      const stamp = stampOf(statSync(path));
      if (stamp !== seen) {
        keys = parseKeyring(readFileSync(path, 'utf8'));
        seen = stamp;
      }
    } catch (error) {
      onTrouble(error);
    }
    return keys;
  };
  return {
    current: (purpose) => look().current(purpose),
    byId: (id, purpose) => look().byId(id, purpose),
    fresh: async () => {},
  };
}

function stampOf({ ino, mtimeMs, size }: Stats): string {
  return `${ino} ${mtimeMs} ${size}`;
}

/** Milliseconds for which keys from across the network are fresh; then they are asked for again. */
export const freshFor = 240_000;

/** Milliseconds before a source that failed is asked again. */
const pause = 10_000;

/** Follows a source that takes a request: `fresh` asks it every four minutes. */
export function followRemote(
  source: Pick<SecretSource, 'read'>,
  keyring: Keyring,
  onTrouble: OnTrouble,
): LiveKeys {
  let keys = keyring;
  let due = Date.now() + freshFor;
  let asking: Promise<void> | undefined;
  const ask = async () => {
    try {
      keys = await source.read();
      due = Date.now() + freshFor;
    } catch (error) {
      due = Date.now() + pause;
      onTrouble(error);
    } finally {
      asking = undefined;
    }
  };
  return {
    current: (purpose) => keys.current(purpose),
    byId: (id, purpose) => keys.byId(id, purpose),
    async fresh() {
      if (Date.now() < due) return;
      asking ??= ask();
      await asking;
    },
  };
}
