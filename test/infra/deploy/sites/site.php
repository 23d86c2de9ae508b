<?php
// Prints whom the proxy names.
echo $_SERVER['HTTP_X_LJ_USER'] ?? 'nobody';
