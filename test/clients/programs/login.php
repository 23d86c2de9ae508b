<?php
/** PHP's xmlrpc functions: a whole acquaintance with the gateway at the URL given, told as JSON. */

/** The functions only encode and decode; the POST is the program's own. */
function attempt(string $method, array $arguments = [], array $headers = []): array
{
    $content = xmlrpc_encode_request("LJ.XMLRPC.$method", $arguments, ['encoding' => 'utf-8', 'escaping' => 'markup']);
    $header = ['Content-Type: text/xml', ...$headers];
    $context = stream_context_create(['http' => ['method' => 'POST', 'header' => $header, 'content' => $content]]);
    // Without an encoding of its own it decodes to Latin-1.
    return xmlrpc_decode(file_get_contents($GLOBALS['argv'][1], false, $context), 'utf-8');
}

function by_challenge(array $more = []): array
{
    $challenge = attempt('getchallenge')['challenge'];
    return [
        'username' => 'test',
        'auth_method' => 'challenge',
        'auth_challenge' => $challenge,
        'auth_response' => md5($challenge . md5('test')),
        'ver' => 1,
        ...$more,
    ];
}

function by_cookie(array $session): array
{
    $headers = ['X-LJ-Auth: cookie', "Cookie: ljsession={$session['ljsession']}"];
    return attempt('login', ['username' => 'test', 'auth_method' => 'cookie', 'ver' => 1], $headers);
}

$seen = ['getchallenge' => attempt('getchallenge')];
$wishes = ['getmoods' => 0, 'getmenus' => 1, 'getpickws' => 1, 'getpickwurls' => 1, 'getcaps' => 1];
$seen['login'] = attempt('login', by_challenge($wishes));
$seen['unicode'] = attempt('login', ['username' => 'demo_unicode', 'password' => 'demo', 'ver' => 1]);
$first = $seen['sessiongenerate'] = attempt('sessiongenerate', by_challenge(['expiration' => 'long']));
$second = attempt('sessiongenerate', by_challenge());
$seen['alive'] = by_cookie($first);
$one = [(int) explode(':', $first['ljsession'])[2]];
$seen['expire'] = attempt('sessionexpire', by_challenge(['expire' => $one]));
$seen['expired'] = by_cookie($first);
$seen['spared'] = by_cookie($second);
$seen['expireall'] = attempt('sessionexpire', by_challenge(['expireall' => true]));
$seen['expiredToo'] = by_cookie($second);
$seen['wrong'] = attempt('login', ['username' => 'test', 'password' => 'wrong', 'ver' => 1]);
echo json_encode($seen, JSON_THROW_ON_ERROR);
