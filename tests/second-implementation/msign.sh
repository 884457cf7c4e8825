#!/bin/sh
# MSign by the specification alone, with a POSIX shell, the openssl command (3.0 or later) and curl; nothing of this repository is in it.
#
#   msign.sh new KEYFILE                                   make an Ed25519 key
#   msign.sh seed KEYFILE HEX                              the key of these 32 bytes
#   msign.sh public KEYFILE                                base64 of the raw public key
#   msign.sh fingerprint KEYFILE
#   msign.sh answer KEYFILE CHALLENGE                      base64 of the signature of a challenge token's bytes
#   msign.sh header KEYFILE HANDLE METHOD HOST TARGET [BODYFILE [TS]]
#   msign.sh register KEYFILE ORIGIN HANDLE                challenge and verify; prints the answer
#   msign.sh request KEYFILE HANDLE METHOD URL [BODYFILE]  sends a signed request; prints the answer, and its status on a last line
set -eu
umask 077

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

unhex() { # the bytes of hex digits
  for byte in $(printf %s "$1" | sed 's/../& /g'); do
    printf "\\$(printf %03o "0x$byte")"
  done
}

raw_public_key() { openssl pkey -in "$1" -pubout -outform DER | tail -c 32; }

sign() { # KEYFILE, file of the text: the signature's bytes
  openssl pkeyutl -sign -rawin -inkey "$1" -in "$2"
}

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

sha256() { openssl dgst -sha256 -r | cut -c 1-64; }

fingerprint() { printf 'sha256:%s' "$(raw_public_key "$1" | sha256)"; }

answer() {
  unhex "$2" >"$folder/challenge"
  sign "$1" "$folder/challenge" | openssl base64 -A
}

header() { # KEYFILE HANDLE METHOD HOST TARGET [BODYFILE [TS]]
  body=${6:-/dev/null}
  ts=${7:-$(date +%s)}
  printf 'ed25519\n%s\n%s\n%s\n%s\nsha256:%s' "$3" "$4" "$5" "$ts" "$(sha256 <"$body")" >"$folder/text"
  printf 'MSign handle="%s" ts=%s sig="%s"' "$2" "$ts" "$(sign "$1" "$folder/text" | base64url)"
}

post() { # URL, JSON
  curl -sS -X POST -H 'Content-Type: application/json' --data-binary "$2" "$1"
}

register() { # KEYFILE ORIGIN HANDLE
  asked=$(printf '{"fingerprint":"%s","algorithm":"ed25519"}' "$(fingerprint "$1")")
  token=$(post "$2/api/auth/challenge" "$asked" | sed -n 's/.*"challenge_token" *: *"\([0-9a-f]*\)".*/\1/p')
  proof=$(printf '{"challenge_token":"%s","public_key_b64":"%s","signature_b64":"%s","handle":"%s","label":"shell"}' \
    "$token" "$(raw_public_key "$1" | openssl base64 -A)" "$(answer "$1" "$token")" "$3")
  post "$2/api/auth/verify" "$proof"
}

request() { # KEYFILE HANDLE METHOD URL [BODYFILE]
  rest=${4#*://}
  host=${rest%%/*}
  target=/${rest#*/}
  credentials=$(header "$1" "$2" "$3" "$host" "$target" "${5:-/dev/null}")
  if [ $# -lt 5 ]; then set -- "$1" "$2" "$3" "$4"; else set -- "$1" "$2" "$3" "$4" -H 'Content-Type: application/json' --data-binary "@$5"; fi
  method=$3
  url=$4
  shift 4
  curl -sS --path-as-is -X "$method" -H "Authorization: $credentials" -w '\n%{http_code}\n' "$@" "$url"
}

command=$1
shift
case $command in
  new) openssl genpkey -algorithm ed25519 -out "$1" ;;
  # PKCS#8 around the seed (RFC 8410).
  seed) unhex "302e020100300506032b657004220420$2" | openssl pkey -inform DER -out "$1" ;;
  public) raw_public_key "$1" | openssl base64 -A ;;
  fingerprint | answer | header | register | request) "$command" "$@" ;;
  *) echo "msign.sh: there is no command $command" >&2 && exit 2 ;;
esac
