<?php
// Prints whom the proxy names, or the variable that the query names.
echo $_SERVER[($_SERVER['QUERY_STRING'] ?? '') ?: 'HTTP_X_LJ_USER'] ?? 'nobody';
