#!/usr/bin/env bash
# Every test there is, and a last line that says which engines ran live and which were replayed from recordings.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --locked --workspace --no-fail-fast && status=0 || status=$?
cargo run --locked --quiet --package mcpschema-bed --bin bed -- engines
exit "$status"
