/** Seals md5 digests with AES-256-GCM: as good as passwords, they are kept in no other form. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Md5Hex, parseMd5Hex } from '../../core/digest.ts';
import type { Sealer } from '../../core/ports.ts';
import type { Keys } from './keys.ts';

const cipher = 'aes-256-gcm';
const ivLength = 12;
const tagLength = 16;
const digestLength = 16;

/** Characters of unpadded base64url. */
const sealedLength = Math.ceil(((ivLength + digestLength + tagLength) * 8) / 6);

/** `s1.SECRETID.` and, in base64url, nonce, ciphertext and tag. */
const shape = new RegExp(`^s1\\.([a-z0-9]{1,32})\\.([A-Za-z0-9_-]{${sealedLength}})$`);

/** Id of the secret that a text was sealed with; `undefined` for what is no sealed text. */
export function sealedWith(text: string): string | undefined {
  return shape.exec(text)?.[1];
}

/** Builds the sealer: the current secret seals, every valid one opens. */
export function createSealer(keyring: Keys): Sealer {
  return {
    seal(digest, account, purpose) {
      const { id, key } = keyring.current('seal');
      const iv = randomBytes(ivLength);
      const sealing = createCipheriv(cipher, key, iv, { authTagLength: tagLength });
      sealing.setAAD(boundTo(id, account, purpose));
      const sealed = Buffer.concat([sealing.update(digest, 'hex'), sealing.final()]);
      return `s1.${id}.${Buffer.concat([iv, sealed, sealing.getAuthTag()]).toString('base64url')}`;
    },
    open(text, account, purpose) {
      const [, id = '', body = ''] = shape.exec(text) ?? [];
      const key = keyring.byId(id, 'seal');
      const bytes = Buffer.from(body, 'base64url');
      // Two spellings of the last character decode alike; only the one that was written opens.
      if (!key || bytes.toString('base64url') !== body) return undefined;
      return unseal(key, bytes, boundTo(id, account, purpose));
    },
  };
}

function unseal(key: Uint8Array, bytes: Buffer, bound: Buffer): Md5Hex | undefined {
  const opening = createDecipheriv(cipher, key, bytes.subarray(0, ivLength), { authTagLength: tagLength });
  opening.setAAD(bound);
  opening.setAuthTag(bytes.subarray(-tagLength));
  try {
    const head = opening.update(bytes.subarray(ivLength, -tagLength));
    return parseMd5Hex(Buffer.concat([head, opening.final()]).toString('hex'));
  } catch {
    return undefined;
  }
}

/** JSON keeps apart what plain joining would not: `a` + `b:c` and `a:b` + `c`. */
function boundTo(secretId: string, account: string, purpose: string): Buffer {
  return Buffer.from(JSON.stringify(['s1', secretId, account, purpose]));
}
