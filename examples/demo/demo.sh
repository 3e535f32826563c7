#!/usr/bin/env bash
# The main job of the operator, shown with real commands on real parts. Started by `make demo` inside the test bed, which
# sets KUBECONFIG (admin), MCP_URL, BED_MCP_PID, DB_ENGINE and the PATH, and stops everything at the end (unless KEEP=1).
set -euo pipefail
cd "$(dirname "$0")/../.."

: "${MCP_URL:?run this through: make demo}" "${OPENREPORTS_CRD:?run make tools again}" "${BED_MCP_PID:?}" "${DB_ENGINE:?}" "${OPERATOR:?}"
NS=shop
SHOWN=()
WORK=$(mktemp -d)
operator=""
# With KEEP=1 the operator goes on with everything else; the guardian of the bed ends it.
finish() { [ -n "${KEEP:-}" ] || { [ -z "$operator" ] || kill "$operator" 2> /dev/null || true; rm -rf "$WORK"; }; }
trap finish EXIT
trap 'exit 130' INT TERM

say()  { printf '\n\033[1m== %s\033[0m\n' "$*"; }
run()  { printf '\033[2m$ %s\033[0m\n' "$*"; "$@"; }
sql()  { mariadb "$@"; } # of the bed: as the database's administrator
shown() { SHOWN+=("$1"); }
until_condition() { # KIND STATUS REASON SECONDS: waits until condition KIND of snapshot orders has STATUS and REASON
  local path="{.status.conditions[?(@.type==\"$1\")].status} {.status.conditions[?(@.type==\"$1\")].reason}" seen=""
  for ((i = 0; i < $4 * 5; i++)); do
    seen=$(kubectl -n $NS get schemasnapshot orders -o jsonpath="$path")
    [ "$seen" = "$2 $3" ] && return 0
    sleep 0.2
  done
  echo "demo: condition $1 should be \"$2 $3\" within $4 s, but is \"$seen\"" >&2
  kubectl -n $NS describe schemasnapshot orders >&2
  return 1
}

say "1. A small shop database on $DB_ENGINE"
sql -e "DROP DATABASE IF EXISTS shop"
sql < examples/demo/shop.sql
run sql -t -e "SHOW FULL TABLES FROM shop"

say "2. The operator, under the identity that the Helm chart gives it"
run helm upgrade --install schema charts/mcp-schema-operator --namespace mcp-schema --create-namespace --hide-notes \
  --set "serverUrl=$MCP_URL" | head -4
kubectl apply --server-side -f "$OPENREPORTS_CRD" > /dev/null # what a cluster with a policy dashboard has
run kubectl wait --for=condition=Established --timeout=30s crd/schemasnapshots.mcpschema.io crd/reports.openreports.io
kubectl config view --raw --minify > "$WORK/operator.kubeconfig"
token=$(kubectl -n mcp-schema create token schema-mcp-schema-operator --duration 2h)
kubectl --kubeconfig "$WORK/operator.kubeconfig" config set-credentials operator "--token=$token" > /dev/null
kubectl --kubeconfig "$WORK/operator.kubeconfig" config set-context --current --user operator > /dev/null
http=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
KUBECONFIG=$WORK/operator.kubeconfig TIDB_MCP_SERVER_URL=$MCP_URL "$OPERATOR" run --http-bind "127.0.0.1:$http" \
  --allowed-hosts='*' --allowed-addresses=127.0.0.0/8 \
  > "$WORK/operator.log" 2>&1 &
operator=$!
for ((i = 0; i < 150; i++)); do curl -fsS "http://127.0.0.1:$http/readyz" > /dev/null 2>&1 && break; sleep 0.2; done
run curl -fsS "http://127.0.0.1:$http/readyz"; echo

say "3. A SchemaSnapshot"
kubectl create namespace $NS --dry-run=client -o yaml | kubectl apply -f - > /dev/null
sed -e "s|url: .*|url: $MCP_URL|" -e "s|interval: .*|interval: 10s|" examples/snapshot.yaml > "$WORK/snapshot.yaml"
run kubectl -n $NS apply -f "$WORK/snapshot.yaml"
run kubectl -n $NS wait --for=condition=Ready --timeout=60s schemasnapshot/orders
run kubectl -n $NS get schemasnapshots -o wide
shown "a snapshot became Ready"

say "4. What it says, and what an application mounts"
run kubectl -n $NS get schemasnapshot orders -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\n"}{end}'
run kubectl -n $NS get schemasnapshot orders -o jsonpath='{range .status.tables[*]}{.name}: {.columns}{"\n"}{end}'
run kubectl -n $NS get configmap orders-schema -o jsonpath='{.data.shop\.orders\.json}'; echo
shown "its tables lie in a ConfigMap"

say "5. What Prometheus sees"
metrics=$(curl -fsS "http://127.0.0.1:$http/metrics")
printf '$ curl http://127.0.0.1:%s/metrics | grep mcp_schema_\n' "$http"
grep -E '^mcp_schema_(snapshot_|publish_total|mcp_requests_total|discovery_total|source_up)' <<< "$metrics"
shown "metrics"

say "6. Somebody changes the schema"
before=$(kubectl -n $NS get schemasnapshot orders -o jsonpath='{.status.revision}')
run sql -e "ALTER TABLE shop.orders ADD COLUMN note VARCHAR(200) NULL COMMENT 'added by the demo'"
for ((i = 0; i < 150; i++)); do
  after=$(kubectl -n $NS get schemasnapshot orders -o jsonpath='{.status.revision}')
  [ "$after" != "$before" ] && break
  sleep 0.2
done
[ "$after" != "$before" ] || { echo "demo: the change did not arrive within 30 s" >&2; exit 1; }
echo "revision $before -> $after"
run kubectl -n $NS get events --field-selector involvedObject.name=orders,reason=SchemaChanged
kubectl -n $NS get configmap orders-schema -o jsonpath='{.data.shop\.orders\.json}' | grep -o '{[^{}]*added by the demo[^}]*}[^}]*}'
shown "an ALTER TABLE arrived"

say "7. A policy judges it, and holds what it forbids"
run kubectl -n $NS apply -f examples/policy-shop.yaml
run kubectl -n $NS wait --for=condition=Compliant --timeout=60s schemavalidationpolicy/shop
run kubectl -n $NS get schemavalidationpolicies
shown "a policy was compliant"
run sql -e "ALTER TABLE shop.orders DROP FOREIGN KEY fk_orders_customer"
run kubectl -n $NS wait --for=condition=Compliant=False --timeout=60s schemavalidationpolicy/shop
run kubectl -n $NS get schemavalidationpolicies
run kubectl -n $NS get schemavalidationpolicy shop -o jsonpath='{range .status.results[*]}{.result}: {.object} {.rule}: {.message}{"\n"}{end}'
run kubectl -n $NS get schemasnapshot orders -o jsonpath='{range .status.changes.items[*]}{.kind} {.object}, which breaks {.consumers}{"\n"}{end}'
run kubectl -n $NS get reports.openreports.io
shown "an ALTER TABLE broke its contract, and the report says whose"
run kubectl -n $NS patch schemavalidationpolicy shop --type merge -p '{"spec":{"enforcement":"Enforce"}}'
run sql -e "ALTER TABLE shop.customers DROP INDEX uq_customers_email"
until_condition Held True PolicyFailed 60
run kubectl -n $NS get schemasnapshot orders -o jsonpath='{range .status.conditions[?(@.type=="Held")]}{.message}{"\n"}{end}'
shown "an enforcing policy held what it forbids"
run kubectl -n $NS delete schemavalidationpolicy shop
until_condition Held False Published 60

say "8. The MCP server dies; the last good copy stays"
hash=$(kubectl -n $NS get configmap orders-schema -o jsonpath='{.data}' | sha256sum)
run kill -9 "$BED_MCP_PID"
until_condition Ready True ServingStale 60
run kubectl -n $NS get schemasnapshots
run kubectl -n $NS get schemasnapshot orders -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\n"}{end}'
[ "$hash" = "$(kubectl -n $NS get configmap orders-schema -o jsonpath='{.data}' | sha256sum)" ]
echo "the ConfigMap is byte for byte what it was"
shown "an outage serves the last good copy"

printf '\nShown on %s: ' "$DB_ENGINE"
printf '%s; ' "${SHOWN[@]}"
echo "done."
