"""Who calls, as ljgate vouches for it. Needs PyJWT and cryptography (Debian: python3-jwt, python3-cryptography)."""
import base64
import hashlib
import hmac
import time

import jwt


def ljgate_caller(assertion, body, jwks, audience, seen):
    """jwks: https://GATEWAY/.well-known/jwks.json, decoded. audience: the URL of --upstream, without its path.
    seen(jti, exp): whether that id was used before; it notes the id until that time (Unix seconds).
    Raises jwt.InvalidTokenError where the call is not to be answered."""
    kid = jwt.get_unverified_header(assertion).get("kid")
    keys = {key["kid"]: key for key in jwks["keys"]}
    if kid not in keys:
        raise jwt.InvalidTokenError("unknown key")
    key = jwt.PyJWK.from_dict(keys[kid], algorithm="EdDSA").key
    required = {"require": ["aud", "exp", "iat", "jti", "sub"]}
    caller = jwt.decode(assertion, key, algorithms=["EdDSA"], audience=audience, options=required, leeway=60)
    if caller["exp"] < time.time():
        raise jwt.ExpiredSignatureError("not valid now")
    digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
    if not hmac.compare_digest(digest, caller["body"]):
        raise jwt.InvalidTokenError("of another body")
    if seen(caller["jti"], caller["exp"]):
        raise jwt.InvalidTokenError("used before")
    return caller
