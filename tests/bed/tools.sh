#!/usr/bin/env bash
# Provides what the test bed runs: Kubernetes test binaries, MariaDB, the database MCP servers, and what
# judges the operator's outputs.
#
# Finds or makes each tool once, keeps it under ${XDG_CACHE_HOME:-~/.cache}/mcp-schema-operator/tools and writes the file
# `env` there (NAME=path, one per line), which the test bed reads. Can be run again and again; says what it does on
# standard error. KUBEBUILDER_ASSETS, ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER, KUBECTL, HELM, NODE22, TOOLBOX,
# OPENREPORTS_CRD and TIDB_SERVER name what to take instead.
set -euo pipefail

BED=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/mcp-schema-operator/tools

# shellcheck source-path=SCRIPTDIR source=scripts/lib.sh
source "$BED/scripts/lib.sh"
# shellcheck source-path=SCRIPTDIR source=scripts/kube.sh
source "$BED/scripts/kube.sh"
# shellcheck source-path=SCRIPTDIR source=scripts/mariadb.sh
source "$BED/scripts/mariadb.sh"
# shellcheck source-path=SCRIPTDIR source=scripts/python.sh
source "$BED/scripts/python.sh"
# shellcheck source-path=SCRIPTDIR source=scripts/node.sh
source "$BED/scripts/node.sh"
# shellcheck source-path=SCRIPTDIR source=scripts/reports.sh
source "$BED/scripts/reports.sh"

mkdir -p "$TOOLS"
exec 9>"$TOOLS/.lock"
flock -n 9 || { say 'waiting for another run of this script'; flock 9; }

ENV_NEW=$(mktemp "$TOOLS/.env.XXXXXX")
trap 'rm -f "$ENV_NEW"' EXIT

find_tidb
provide_mariadb
provide_python
provide_node
provide_kube
provide_reports

chmod 0644 "$ENV_NEW"
mv -f "$ENV_NEW" "$TOOLS/env"
say "ready: $TOOLS/env"
