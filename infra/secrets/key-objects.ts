/** Keys as `KeyObject`s: with the bytes of a key, Node's crypto takes ten times as long. */
import { createSecretKey, type KeyObject } from 'node:crypto';

const known = new WeakMap<Uint8Array, KeyObject>();

/** A key's object, made once: a keyring always returns the same array for a key. */
export function keyObject(key: Uint8Array): KeyObject {
  const object = known.get(key) ?? createSecretKey(key);
  known.set(key, object);
  return object;
}
