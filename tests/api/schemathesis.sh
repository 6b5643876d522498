#!/usr/bin/env bash
# Checks the API of a running demo against its OpenAPI document with all checks of schemathesis (PyPI).
# usage: tests/api/schemathesis.sh [further options of `st run`, such as --max-examples 25]
# Wants python3 with venv, and a built binary (BINARY, else target/debug/llmage-admin).
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=${BINARY:-${CARGO_TARGET_DIR:-target}/debug/llmage-admin}
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install 'schemathesis==4.32.*'
export DATABASE_URL="sqlite:$folder/demo.db"
LLMAGE_ADMIN_PASSWORD='correct horse battery' "$binary" serve --demo --listen 127.0.0.1:0 >"$folder/out" 2>"$folder/log" &
server=$!
for _ in $(seq 100); do
    grep -q '^listening on' "$folder/out" && break
    sleep 0.3
done
address=$(sed -n 's/^listening on //p' "$folder/out")
token=$("$binary" token add schemathesis --role admin | tail -n 1)
cd "$folder"
venv/bin/st run "$address/api/v1/openapi.json" --checks all -H "Authorization: Bearer $token" "$@"
