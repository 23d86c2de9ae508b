<?php
// A site's own code in PHP without extensions: copy what you need.

const TIMEOUT = 10;

/** What ljgate says is wrong; the code is the HTTP status. */
class Problem extends Exception {}

function ask(string $method, string $path, ?array $body = null): array
{
    $headers = ['Authorization: Bearer ' . getenv('LJGATE_TOKEN')];
    if ($body !== null) {
        $headers[] = 'Content-Type: application/json';
    }
    $options = ['method' => $method, 'header' => $headers, 'timeout' => TIMEOUT, 'ignore_errors' => true];
    if ($body !== null) {
        $options['content'] = json_encode($body);
    }
    $url = (getenv('LJGATE_API_URL') ?: 'http://127.0.0.1:8081/api/v1') . $path;
    $reply = file_get_contents($url, false, stream_context_create(['http' => $options]));
    if ($reply === false) {
        throw new Problem('ljgate does not answer', 503);
    }
    $answer = json_decode($reply, true, 64, JSON_THROW_ON_ERROR);
    $status = (int) explode(' ', $http_response_header[0])[1];
    if ($status < 400) {
        return $answer;
    }
    $faults = array_map(fn($fault) => "$fault[field] $fault[rule]", $answer['faults'] ?? []);
    throw new Problem(implode('; ', $faults) ?: ($answer['detail'] ?? $answer['title']), $status);
}

function account(string $username): string
{
    return '/accounts/' . rawurlencode($username);
}

function register(string $username, string $password): array
{
    return ask('POST', '/accounts', ['username' => $username, 'password' => $password]);
}

/** The session for the cookie ljsession, or null. `$address`: the visitor's, not the site's. */
function log_in(string $username, string $password, string $address): ?string
{
    $body = ['password' => $password, 'address' => $address, 'expiration' => 'long'];
    return ask('POST', account($username) . '/sessions', $body)['session'] ?? null;
}

/** The name of the account, or null. */
function who_is(string $session, string $address): ?string
{
    return ask('POST', '/sessions/check', ['session' => $session, 'address' => $address])['username'] ?? null;
}

/** Whether the old one was right. Every session ends: log the visitor in again. */
function change_password(string $username, string $old, string $new, string $address): bool
{
    $shown = ask('POST', '/verify', ['username' => $username, 'password' => $old, 'address' => $address]);
    if (!$shown['verified'] || $shown['by'] !== 'password') {
        return false;
    }
    ask('PUT', account($username) . '/password', ['password' => $new]);
    return true;
}

function suspend(string $username): void
{
    ask('PUT', account($username) . '/status', ['status' => 'suspended']);
}

function remove(string $username): void
{
    ask('DELETE', account($username));
}
