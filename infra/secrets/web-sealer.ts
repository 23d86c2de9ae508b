/** The same seals by WebCrypto, which every runtime has. Its functions return promises. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { type Md5Hex, parseMd5Hex } from '../../core/auth/digest.ts';
import type { Sealer } from '../../core/ports.ts';
import { fromBase64Url, toBase64Url } from '../base64.ts';
import { boundTo, ivLength, partsOf, tagLength } from './sealed-text.ts';
import { type Keys, requiredKey } from './secret-keys.ts';

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
      if (body === '') return undefined;
      const bytes = fromBase64Url(body);
      // Several last characters decode to the same bytes. Only the text that was written opens.
      if (toBase64Url(bytes) !== body) return undefined;
      const key = await imported(await requiredKey(keyring, id, 'seal'));
      return unseal(key, bytes, boundTo(id, account, purpose));
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
