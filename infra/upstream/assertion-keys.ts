/** The keys of assertions: Ed25519, from the root secrets. */
import type { Keys } from '../secrets/secret-keys.ts';

/** A pair of keys, and the public one as the site reads it. */
export interface KeyPair {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JsonWebKey;
}

/** What comes before an Ed25519 seed in PKCS #8 (RFC 8410 §7): WebCrypto reads no bare seeds. */
const pkcs8 = [
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/** A pair of keys from a seed of 32 bytes. */
export async function keyPair(id: string, seed: Uint8Array): Promise<KeyPair> {
  const encoded = new Uint8Array([...pkcs8, ...seed]);
  const read = (extractable: boolean) =>
    crypto.subtle.importKey('pkcs8', encoded, { name: 'Ed25519' }, extractable, ['sign']);
  const { x = '' } = (await crypto.subtle.exportKey('jwk', await read(true))) as JsonWebKey;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x, kid: id, alg: 'EdDSA', use: 'sig' };
  return { id, privateKey: await read(false), jwk };
}

/** The public keys of every valid root secret, as a JWK set: during a rotation there are two. */
export async function publicKeySet(keys: Keys): Promise<string> {
  const pairs = keys.ids().flatMap((id) => {
    const seed = keys.byId(id, 'assertion');
    return seed ? [keyPair(id, seed)] : [];
  });
  return JSON.stringify({ keys: (await Promise.all(pairs)).map(({ jwk }) => jwk) });
}
