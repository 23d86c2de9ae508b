/** Keys as Node's crypto wants them: it takes ten times as long over the bytes of one. */
import { createSecretKey, type KeyObject } from 'node:crypto';

const known = new WeakMap<Uint8Array, KeyObject>();

/** A key's object, made once: a derived key is one array for as long as its keyring lives. */
export function keyObject(key: Uint8Array): KeyObject {
  const object = known.get(key) ?? createSecretKey(key);
  known.set(key, object);
  return object;
}
