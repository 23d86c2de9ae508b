<?php
// Tries each assertion of standard input, and prints what came of it.
require $argv[1];
$input = json_decode(stream_get_contents(STDIN), true);
$used = [];
$seen = function (string $jti) use (&$used) {
    $before = isset($used[$jti]);
    $used[$jti] = true;
    return $before;
};
foreach ($input['tries'] as [$assertion, $body]) {
    try {
        $caller = ljgate_caller($assertion, base64_decode($body), $input['jwks'], $input['audience'], $seen);
        echo $caller['sub'], "\n";
    } catch (Throwable $error) {
        echo "refused\n";
    }
}
