// Who calls, as ljgate vouches for it. Needs the package jose.
import { createHash } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';

// jwks: https://GATEWAY/.well-known/jwks.json, decoded. audience: the URL of --upstream, without its path.
// seen(jti, exp): whether that id was used before; it notes the id until that time (Unix seconds).
// Rejects where the call is not to be answered.
export async function ljgateCaller(assertion, body, jwks, audience, seen) {
  const { payload } = await jwtVerify(assertion, createLocalJWKSet(jwks), {
    algorithms: ['EdDSA'],
    audience,
    requiredClaims: ['sub', 'exp', 'iat', 'jti'],
  });
  if (payload.iat > Date.now() / 1000 + 60) throw new Error('not valid now');
  if (payload.body !== createHash('sha256').update(body).digest('base64url'))
    throw new Error('of another body');
  if (await seen(payload.jti, payload.exp)) throw new Error('used before');
  return payload;
}
