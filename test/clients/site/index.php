<?php
// A small site whose accounts, log-ins and sessions are ljgate's: its pages, and the protocol's calls that ljgate
// hands on. It is served by `php -S`, behind nginx-public.conf.

require __DIR__ . '/../../../infra/guides/api/site.php';
require __DIR__ . '/../../../infra/guides/upstream/verify.php';

$folder = getenv('SITE_FOLDER');
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
// nginx puts the visitor's address here, and drops what the visitor says of it.
$address = $_SERVER['HTTP_X_FORWARDED_FOR'] ?? '';
$visitor = $_SERVER['HTTP_X_LJ_USER'] ?? '';

function page(string $text, int $status = 200): void
{
    http_response_code($status);
    header('Content-Type: text/html; charset=utf-8');
    echo '<!doctype html><title>A small site</title><p>', htmlspecialchars($text);
}

function sign_in(string $username, string $password, string $address): void
{
    $session = log_in($username, $password, $address);
    if ($session === null) {
        page('The username or the password is wrong.', 403);
        return;
    }
    // As it is: a session has no character that a cookie cannot have.
    header("Set-Cookie: ljsession=$session; Path=/; HttpOnly; SameSite=Lax");
    header('Location: /', true, 303);
}

/** Notes an id in a file that only one caller can make. */
function seen(string $jti): bool
{
    return !@mkdir(getenv('SITE_FOLDER') . '/jti-' . hash('sha256', $jti));
}

function protocol(string $folder): void
{
    $body = file_get_contents('php://input');
    $jwks = json_decode(file_get_contents(getenv('SITE_JWKS')), true);
    $assertion = $_SERVER['HTTP_LJGATE_ASSERTION'] ?? '';
    $caller = ljgate_caller($assertion, $body, $jwks, getenv('SITE_AUDIENCE'), fn ($jti, $exp) => seen($jti));
    $call = xmlrpc_decode_request($body, $method)[0];
    header('Content-Type: text/xml; charset=utf-8');
    if ($method !== 'LJ.XMLRPC.postevent') {
        echo xmlrpc_encode(['faultCode' => 504, 'faultString' => 'Not here']);
        return;
    }
    $entry = ['by' => $caller['sub'], 'event' => $call['event'], 'sent' => array_keys($call)];
    file_put_contents("$folder/entries", json_encode($entry) . "\n", FILE_APPEND | LOCK_EX);
    echo xmlrpc_encode_request(null, ['itemid' => 1, 'anum' => 1, 'url' => 'http://site.example/1'], ['version' => 'auto']);
}

try {
    switch ("$_SERVER[REQUEST_METHOD] $path") {
        case 'GET /':
            page($visitor === '' ? 'Nobody is signed in.' : "Signed in as $visitor.");
            break;
        case 'POST /register':
            register($_POST['username'] ?? '', $_POST['password'] ?? '');
            sign_in($_POST['username'], $_POST['password'], $address);
            break;
        case 'POST /login':
            sign_in($_POST['username'] ?? '', $_POST['password'] ?? '', $address);
            break;
        case 'POST /password':
            $changed = change_password($visitor, $_POST['old'] ?? '', $_POST['new'] ?? '', $address);
            $changed ? sign_in($visitor, $_POST['new'], $address) : page('That is not your password.', 403);
            break;
        case 'POST /staff/suspend':
            if ($visitor !== 'staff') {
                page('For the staff.', 403);
                break;
            }
            suspend($_POST['username'] ?? '');
            page('Suspended.');
            break;
        case 'POST /interface/xmlrpc':
            protocol($folder);
            break;
        default:
            page('There is no such page.', 404);
    }
} catch (Problem $problem) {
    page($problem->getMessage(), $problem->getCode());
}
