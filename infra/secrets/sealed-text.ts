/** The text form of a sealed digest, for both sealers. */

/** Bytes of the nonce. */
export const ivLength = 12;
/** Bytes of the tag. */
export const tagLength = 16;
const digestLength = 16;

/** Characters of unpadded base64url. */
const sealedLength = Math.ceil(((ivLength + digestLength + tagLength) * 8) / 6);

/** `s1.SECRETID.` and, in base64url, nonce, ciphertext and tag. */
const shape = new RegExp(`^s1\\.([a-z0-9]{1,32})\\.([A-Za-z0-9_-]{${sealedLength}})$`);

/** The parts of a sealed text; empty for any other text. */
export function partsOf(text: string): { readonly id: string; readonly body: string } {
  const [, id = '', body = ''] = shape.exec(text) ?? [];
  return { id, body };
}

/** Id of the secret that a text was sealed with; `undefined` for any other text. */
export function sealedWith(text: string): string | undefined {
  return shape.exec(text)?.[1];
}

const encoder = new TextEncoder();

/** JSON, because joined with a colon `a`, `b:c` and `a:b`, `c` would be the same text. */
export function boundTo(secretId: string, account: string, purpose: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(['s1', secretId, account, purpose]));
}
