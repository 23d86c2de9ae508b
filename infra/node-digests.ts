/** The core's digests by Node's own crypto, in single calls: its hash objects burden the collector. */
import { hash } from 'node:crypto';
import type { Digests } from '../core/digest.ts';

/** The same results as the core's own. */
export const nodeDigests: Digests = {
  md5: (data) => hash('md5', data, 'hex'),
  sha256: (text) => hash('sha256', text, 'hex'),
  mac(key, text) {
    const { inner, outer } = padsOf(key);
    const first = hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
    return hash('sha256', Buffer.concat([outer, first]), 'hex');
  },
};

/** The two ways in which HMAC mixes a key in. @see RFC 2104 §2 */
interface Pads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** Bytes that SHA-256 takes at a time. */
const block = 64;

const known = new WeakMap<Uint8Array, Pads>();

/** A key's pads, made once: a derived key is one array for as long as its keyring lives. */
function padsOf(key: Uint8Array): Pads {
  const there = known.get(key);
  if (there) return there;
  const filled = Buffer.alloc(block);
  filled.set(key.length > block ? hash('sha256', key, 'buffer') : key);
  const pads = {
    inner: Buffer.from(filled.map((byte) => byte ^ 0x36)),
    outer: Buffer.from(filled.map((byte) => byte ^ 0x5c)),
  };
  known.set(key, pads);
  return pads;
}
