/** Signed assertions: the site verifies them with a public key, so nothing secret is sent to it. @see PROTOCOL §10 */
import { SignJWT } from 'jose/jwt/sign';
import { toBase64Url } from '../base64.ts';
import type { Keys } from '../secrets/secret-keys.ts';
import { type KeyPair, keyPair } from './assertion-keys.ts';
import type { SiteCall } from './upstream.ts';
import type { Voucher } from './voucher.ts';

/** The header that carries an assertion. */
const header = 'Ljgate-Assertion';

/** Seconds for which an assertion is valid: clocks may differ by less. */
const lifetime = 60;

/** Who the assertions are from, and for which site. */
export interface AssertionOptions {
  readonly issuer: string;
  /** The site's origin. */
  readonly audience: string;
  readonly keys: Keys;
}

/** Vouches by a JWT that names the caller, the call and the digest of its body. */
export function assertionVoucher({ issuer, audience, keys }: AssertionOptions): Voucher {
  const pairs = new Map<string, Promise<KeyPair>>();

  function pairOf(id: string, seed: Uint8Array): Promise<KeyPair> {
    const known = pairs.get(id) ?? keyPair(id, seed);
    pairs.set(id, known);
    return known;
  }

  async function sign(call: SiteCall, body: Uint8Array): Promise<string> {
    const { account, provedBy, wire, method } = call;
    const { id, key } = keys.current('assertion');
    const { privateKey } = await pairOf(id, key);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      userid: account.userid,
      status: account.status,
      auth: provedBy,
      wire,
      method,
      body: await digestOf(body),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: id, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(account.username)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetime)
      .setJti(crypto.randomUUID())
      .sign(privateKey);
  }

  return {
    vouch: async (call) => ({
      kind: 'vouched',
      credentials: [],
      headers: async (body) => ({ [header]: await sign(call, body) }),
    }),
  };
}

async function digestOf(body: Uint8Array): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(body))));
}
