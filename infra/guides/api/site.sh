# A site's own code with curl: source it, and call the functions. Names and passwords must need no JSON escapes.
ask() { # METHOD PATH [JSON]
  curl -sS --max-time 10 -X "$1" "${LJGATE_API_URL:-http://127.0.0.1:8081/api/v1}$2" \
    -H "Authorization: Bearer $LJGATE_TOKEN" ${3:+-H 'Content-Type: application/json' -d "$3"}
}
register() { ask POST /accounts "{\"username\":\"$1\",\"password\":\"$2\"}"; }
# The address is the visitor's, not the site's.
log_in() { ask POST "/accounts/$1/sessions" "{\"password\":\"$2\",\"address\":\"$3\",\"expiration\":\"long\"}"; }
who_is() { ask POST /sessions/check "{\"session\":\"$1\",\"address\":\"$2\"}"; }
verify() { ask POST /verify "{\"username\":\"$1\",\"password\":\"$2\",\"address\":\"$3\"}"; }
set_password() { ask PUT "/accounts/$1/password" "{\"password\":\"$2\"}"; }
suspend() { ask PUT "/accounts/$1/status" '{"status":"suspended"}'; }
remove() { ask DELETE "/accounts/$1"; }
