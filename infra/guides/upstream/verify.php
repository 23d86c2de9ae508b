<?php
/**
 * Who calls, as ljgate vouches for it. Needs the sodium extension, which PHP has.
 * $jwks: https://GATEWAY/.well-known/jwks.json, decoded. $audience: the URL that --upstream has, without its path.
 * $seen($jti, $exp): whether that id was used before; it notes the id until that time (Unix seconds).
 * @throws RuntimeException where the call is not to be answered
 */
function ljgate_caller(string $assertion, string $body, array $jwks, string $audience, callable $seen): array
{
    $bytes = fn (string $text) => sodium_base642bin($text, SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING);
    [$head, $claims, $signature] = explode('.', $assertion) + ['', '', ''];
    $header = json_decode($bytes($head), true);
    $key = array_column($jwks['keys'], 'x', 'kid')[$header['kid'] ?? ''] ?? null;
    if (($header['alg'] ?? '') !== 'EdDSA' || $key === null) throw new RuntimeException('unknown key');
    if (strlen($bytes($signature)) !== SODIUM_CRYPTO_SIGN_BYTES
        || !sodium_crypto_sign_verify_detached($bytes($signature), "$head.$claims", $bytes($key))) {
        throw new RuntimeException('wrong signature');
    }
    $caller = json_decode($bytes($claims), true);
    if ($caller['aud'] !== $audience) throw new RuntimeException('for another site');
    if ($caller['exp'] < time() || $caller['iat'] > time() + 60) throw new RuntimeException('not valid now');
    $digest = sodium_bin2base64(hash('sha256', $body, true), SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING);
    if (!hash_equals($digest, $caller['body'])) throw new RuntimeException('of another body');
    if ($seen($caller['jti'], $caller['exp'])) throw new RuntimeException('used before');
    return $caller;
}
