/** Keys that follow their source: a running server gets rotated keys without a restart. */
import { type Stats, statSync } from 'node:fs';
import type { Keyring } from './keyring.ts';
import { codeOf, readSecretFile, secretFileError } from './secret-file.ts';
import type { Keys } from './secret-keys.ts';
import type { SecretSource } from './secret-source.ts';

/** The current keys. */
export interface LiveKeys extends Keys {
  /**
   * Resolves when the keys are fresh enough to answer a call, nearly always at once. For functions, which are frozen
   * between calls and so cannot follow the source by a timer.
   */
  fresh(): Promise<void>;
}

/**
 * Called when the source has a fault: it cannot be read any more, or others can read it. Called once for a fault, and
 * again when it is another one or has come back. While the source cannot be read, the keys stay the same.
 */
export type OnFault = (error: Error) => void;

/** Milliseconds between two checks of a file. A check is one `stat`. */
const interval = 1000;

/**
 * Follows a secret file. It is checked when keys are used, but at most once a second. So a change is effective after a
 * second, and no client can make the server read the file more often.
 */
export function followFile(path: string, keyring: Keyring, onFault: OnFault): LiveKeys {
  const report = reportOnce(onFault);
  let keys = keyring;
  let seen = '';
  let looked = Number.NEGATIVE_INFINITY;
  let reread = Number.NEGATIVE_INFINITY;
  const look = (): Keyring => {
    const now = performance.now();
    if (now - looked < interval) return keys;
    looked = now;
    try {
      const stamp = stampOf(statSync(path));
      if (stamp === seen) return keys;
      const read = readSecretFile(path);
      if (!read) throw secretFileError(path, 'does not exist');
      keys = read.keyring;
      seen = stamp;
      const { access } = read;
      report(
        access.kind === 'open' ? new Error(`secret file ${access.detail}; ${access.remedy}`) : undefined,
      );
    } catch (error) {
      seen = '';
      const code = codeOf(error);
      report(code === undefined ? error : secretFileError(path, `cannot be read (${code})`, error));
    }
    return keys;
  };
  return {
    current: (purpose) => look().current(purpose),
    byId: (id, purpose) => look().byId(id, purpose),
    ids: () => look().ids(),
    async reread() {
      const now = performance.now();
      if (now - reread < interval) return;
      reread = now;
      looked = Number.NEGATIVE_INFINITY;
    },
    fresh: async () => {},
  };
}

/** A `chmod` changes only the last of them. */
function stampOf({ ino, mtimeMs, size, ctimeMs }: Stats): string {
  return `${ino} ${mtimeMs} ${size} ${ctimeMs}`;
}

/** Passes a fault on if it differs from the last one. `undefined`: the fault has ended. */
function reportOnce(onFault: OnFault): (error: unknown) => void {
  let last: string | undefined;
  return (error) => {
    const fault = error === undefined || error instanceof Error ? error : new Error(String(error));
    if (fault && fault.message !== last) onFault(fault);
    last = fault?.message;
  };
}

/** Milliseconds for which keys from a remote source are fresh. After that they are requested again. */
export const freshFor = 240_000;

/** Milliseconds between two requests for a missing secret: callers can name any secret as often as they like. */
const betweenRereads = 5000;

/** Milliseconds before a failed request is repeated. */
const pause = 10_000;

/** Follows a remote source: `fresh` sends a request every four minutes. */
export function followRemote(
  source: Pick<SecretSource, 'read'>,
  keyring: Keyring,
  onFault: OnFault,
): LiveKeys {
  const report = reportOnce(onFault);
  let keys = keyring;
  let due = Date.now() + freshFor;
  let asked = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  const ask = async () => {
    asked = Date.now();
    try {
      keys = await source.read();
      due = Date.now() + freshFor;
      report(undefined);
    } catch (error) {
      due = Date.now() + pause;
      report(error);
    } finally {
      asking = undefined;
    }
  };
  return {
    current: (purpose) => keys.current(purpose),
    byId: (id, purpose) => keys.byId(id, purpose),
    ids: () => keys.ids(),
    async reread() {
      if (!asking && Date.now() - asked < betweenRereads) return;
      asking ??= ask();
      await asking;
    },
    async fresh() {
      if (Date.now() < due) return;
      asking ??= ask();
      await asking;
    },
  };
}
