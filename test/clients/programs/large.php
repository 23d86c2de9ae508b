<?php
// Posts ten megabytes to the URL given, twenty times, without waiting; prints the statuses as JSON.
ini_set('memory_limit', '256M');
$http = ['method' => 'POST', 'content' => str_repeat('x', 10_000_000), 'ignore_errors' => true];
$statuses = [];
for ($i = 0; $i < 20; $i++) {
    file_get_contents($argv[1], false, stream_context_create(['http' => $http]));
    $statuses[] = (int) explode(' ', $http_response_header[0])[1];
}
echo json_encode($statuses);
