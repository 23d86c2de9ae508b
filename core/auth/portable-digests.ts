/** The digests by a library that runs anywhere. A runtime with its own may bring them as `#digests`. */
import { hmac } from '@noble/hashes/hmac.js';
import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** The digests as a runtime computes them, each in lower-case hex; text is taken as UTF-8. */
export interface Digests {
  md5(data: string | Uint8Array): string;
  sha256(text: string): string;
  /** HMAC-SHA-256. */
  mac(key: Uint8Array, text: string): string;
}

export const digests: Digests = {
  md5: (data) => bytesToHex(md5(typeof data === 'string' ? utf8ToBytes(data) : data)),
  sha256: (text) => bytesToHex(sha256(utf8ToBytes(text))),
  mac: (key, text) => bytesToHex(hmac(sha256, key, utf8ToBytes(text))),
};
