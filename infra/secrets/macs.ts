/** Keyed digests, by the library that the core uses or by what a runtime has that is faster. */
import { macHex } from '../../core/digest.ts';
import type { Mac } from '../../core/ports.ts';

/** The mac under a key. */
export type MacOf = (key: Uint8Array) => Mac;

/** Runs anywhere. */
export const plainMac: MacOf = (key) => (text) => macHex(key, text);

/** Makes a key's mac once: a derived key is one array for as long as its keyring lives. */
export function onceForEachKey(macOf: MacOf): MacOf {
  const known = new WeakMap<Uint8Array, Mac>();
  return (key) => {
    const mac = known.get(key) ?? macOf(key);
    known.set(key, mac);
    return mac;
  };
}
