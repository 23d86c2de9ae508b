/** Seals md5 digests with AES-256-GCM: as good as passwords, they are kept in no other form. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SealPurpose } from '../../core/account.ts';
import { type Md5Hex, parseMd5Hex } from '../../core/digest.ts';
import type { Sealer } from '../../core/ports.ts';
import type { Username } from '../../core/username.ts';
import { keyObject } from './key-objects.ts';
import type { Keys } from './keys.ts';
import { boundTo, ivLength, partsOf, tagLength } from './sealed-text.ts';

const cipher = 'aes-256-gcm';

/** A sealer that answers at once. */
export interface SwiftSealer extends Sealer {
  seal(digest: Md5Hex, account: Username, purpose: SealPurpose): string;
  open(sealed: string, account: Username, purpose: SealPurpose): Md5Hex | undefined;
}

/** Builds the sealer: the current secret seals, every valid one opens. */
export function createSealer(keyring: Keys): SwiftSealer {
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
      const key = keyring.byId(id, 'seal');
      const bytes = Buffer.from(body, 'base64url');
      // Two spellings of the last character decode alike; only the one that was written opens.
      if (!key || bytes.toString('base64url') !== body) return undefined;
      return unseal(key, bytes, boundTo(id, account, purpose));
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
