/** How a sealed digest is written, whoever seals it. */

/** Bytes of the nonce. */
export const ivLength = 12;
/** Bytes of the tag. */
export const tagLength = 16;
const digestLength = 16;

/** Characters of unpadded base64url. */
const sealedLength = Math.ceil(((ivLength + digestLength + tagLength) * 8) / 6);

/** `s1.SECRETID.` and, in base64url, nonce, ciphertext and tag. */
const shape = new RegExp(`^s1\\.([a-z0-9]{1,32})\\.([A-Za-z0-9_-]{${sealedLength}})$`);

/** The parts of a sealed text; empty for what is none. */
export function partsOf(text: string): { readonly id: string; readonly body: string } {
  const [, id = '', body = ''] = shape.exec(text) ?? [];
  return { id, body };
}

/** Id of the secret that a text was sealed with; `undefined` for what is no sealed text. */
export function sealedWith(text: string): string | undefined {
  return shape.exec(text)?.[1];
}

const encoder = new TextEncoder();

/** JSON keeps apart what plain joining would not: `a` + `b:c` and `a:b` + `c`. */
export function boundTo(secretId: string, account: string, purpose: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(['s1', secretId, account, purpose]));
}
