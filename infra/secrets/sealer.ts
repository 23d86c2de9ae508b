/** Seals md5 digests with AES-256-GCM. A digest is as good as a password, so it is stored only sealed. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Md5Hex, parseMd5Hex } from '../../core/auth/digest.ts';
import type { Sealer } from '../../core/ports.ts';
import { keyObject } from './key-objects.ts';
import { boundTo, ivLength, partsOf, tagLength } from './sealed-text.ts';
import { type Keys, requiredKey } from './secret-keys.ts';

const cipher = 'aes-256-gcm';

/** Builds the sealer: the current secret seals, every valid one opens. */
export function createSealer(keyring: Keys): Sealer {
  return {
    seal(digest, account, purpose) {
      const { id, key } = keyring.current('seal');
      const iv = randomBytes(ivLength);
      const sealing = createCipheriv(cipher, keyObject(key), iv, { authTagLength: tagLength });
      sealing.setAAD(boundTo(id, account, purpose));
      const sealed = Buffer.concat([sealing.update(digest, 'hex'), sealing.final()]);
      return `s1.${id}.${Buffer.concat([iv, sealed, sealing.getAuthTag()]).toString('base64url')}`;
    },
    open(text, account, purpose) {
      const { id, body } = partsOf(text);
      const bytes = Buffer.from(body, 'base64url');
      // Several last characters decode to the same bytes. Only the text that was written opens.
      if (body === '' || bytes.toString('base64url') !== body) return undefined;
      const open = (key: Uint8Array) => unseal(key, bytes, boundTo(id, account, purpose));
      const key = keyring.byId(id, 'seal');
      return key ? open(key) : requiredKey(keyring, id, 'seal').then(open);
    },
  };
}

function unseal(key: Uint8Array, bytes: Buffer, bound: Uint8Array): Md5Hex | undefined {
  const iv = bytes.subarray(0, ivLength);
  const opening = createDecipheriv(cipher, keyObject(key), iv, { authTagLength: tagLength });
  opening.setAAD(bound);
  opening.setAuthTag(bytes.subarray(-tagLength));
  try {
    const head = opening.update(bytes.subarray(ivLength, -tagLength));
    return parseMd5Hex(Buffer.concat([head, opening.final()]).toString('hex'));
  } catch {
    return undefined;
  }
}
