#!/usr/bin/env bash
# Every test there is, and a last line that says which engines ran live and which were replayed from recordings. Where there
# is a TiDB, the cluster tests run a second time on it.
set -euo pipefail
cd "$(dirname "$0")/.."

bed() { cargo run --locked --quiet --package mcpschema-bed --bin bed -- "$@"; }

engines=$(bed engines) # fails here when TiDB is demanded and missing
status=0
cargo test --locked --workspace --no-fail-fast || status=$?
if [[ $engines == *'TiDB live'* ]]; then
  echo 'the cluster tests again, on TiDB'
  BED_ENGINE=tidb cargo test --locked --test cluster || status=$?
fi
echo "$engines"
exit "$status"
