/** The same seals by WebCrypto, which every runtime has and which answers with promises. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { type Md5Hex, parseMd5Hex } from '../../core/digest.ts';
import type { Sealer } from '../../core/ports.ts';
import { fromBase64, toBase64Url } from './base64.ts';
import type { Keys } from './keys.ts';
import { boundTo, ivLength, partsOf, tagLength } from './sealed-text.ts';

const algorithm = 'AES-GCM';

/** Builds the sealer: the current secret seals, every valid one opens. */
export function createWebSealer(keyring: Keys): Sealer {
  return {
    async seal(digest, account, purpose) {
      const { id, key } = keyring.current('seal');
      const iv = crypto.getRandomValues(new Uint8Array(ivLength));
      const how = parameters(iv, boundTo(id, account, purpose));
      const sealed = await crypto.subtle.encrypt(
        how,
        await imported(key),
        new Uint8Array(hexToBytes(digest)),
      );
      return `s1.${id}.${toBase64Url(new Uint8Array([...iv, ...new Uint8Array(sealed)]))}`;
    },
    async open(text, account, purpose) {
      const { id, body } = partsOf(text);
      const key = keyring.byId(id, 'seal');
      if (!key) return undefined;
      const bytes = fromBase64(body);
      // Two spellings of the last character decode alike; only the one that was written opens.
      if (toBase64Url(bytes) !== body) return undefined;
      return unseal(await imported(key), bytes, boundTo(id, account, purpose));
    },
  };
}

async function unseal(
  key: CryptoKey,
  bytes: Uint8Array<ArrayBuffer>,
  bound: Uint8Array<ArrayBuffer>,
): Promise<Md5Hex | undefined> {
  try {
    const how = parameters(bytes.slice(0, ivLength), bound);
    const opened = await crypto.subtle.decrypt(how, key, bytes.slice(ivLength));
    return parseMd5Hex(bytesToHex(new Uint8Array(opened)));
  } catch {
    return undefined;
  }
}

function parameters(iv: Uint8Array<ArrayBuffer>, additionalData: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: algorithm, iv, additionalData, tagLength: tagLength * 8 };
}

function imported(key: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(key), algorithm, false, ['encrypt', 'decrypt']);
}
