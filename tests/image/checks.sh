# shellcheck shell=bash
# Sourced by image-test.sh: what must be true of the image, of its files, and of what it does when it runs.

OPERATOR=/usr/local/bin/mcp-schema-operator
PLUGIN=/usr/local/bin/kubectl-schema
# The operator has 19 MB. A debug build (70 MB) or a second copy of it would be over the limit.
MAX_BYTES=$((32 * 1024 * 1024))

# expect WHAT WANT GOT
expect() { [ "$2" = "$3" ] || die "$1 is '$3', not '$2'"; }

check_config() {
    local config label='.Labels["org.opencontainers.image.'
    config="$(bud inspect --type image "$1" | jq .OCIv1.config)"
    field() { jq -r "$1" <<<"$config"; }
    expect user 65532:65532 "$(field .User)"
    expect entrypoint "[\"$OPERATOR\"]" "$(field '.Entrypoint | tojson')"
    expect command '["run"]' "$(field '.Cmd | tojson')"
    expect port '["8080/tcp"]' "$(field '.ExposedPorts | keys | tojson')"
    expect "title label" mcp-schema-operator "$(field "${label}title\"]")"
    expect "licence label" Apache-2.0 "$(field "${label}licenses\"]")"
    expect "version label" "$VERSION" "$(field "${label}version\"]")"
    expect "revision label" "$REVISION" "$(field "${label}revision\"]")"
    [ -n "$(field "${label}description\"] // empty")" ] || die "the description label is missing"
}

# listing: mode, owner and path of every file and link under a root, without directories.
listing() { (cd "$1" && find . ! -type d -printf '%m %U:%G %P\n' | LC_ALL=C sort); }

check_files() {
    local root="$1" added found file bytes
    mkdir "$WORK/base"
    tar -C "$WORK/base" -xf "$RUNTIME_ARCHIVE"
    added="$(LC_ALL=C comm -13 <(listing "$WORK/base") <(listing "$root"))"
    expect "what the image adds to its base" "555 0:0 ${PLUGIN#/}"$'\n'"555 0:0 ${OPERATOR#/}" "$added"
    found="$(find "$root" -type f -perm /6000)"
    expect "the list of setuid files" "" "$found"
    found="$(find "$root" ! -type d \( -name sh -o -name bash -o -name dash -o -name busybox -o -name apt -o -name dpkg \))"
    expect "the list of shells and package managers" "" "$found"
    for file in "$OPERATOR" "$PLUGIN"; do
        bytes="$(stat -c %s "$root$file")"
        [ "$bytes" -le "$MAX_BYTES" ] || die "$file has $bytes bytes, more than $MAX_BYTES: look at what grew, or raise the limit"
    done
}

# container BUNDLE STATUS ARGUMENT…: runs it as the chart's pod does (read-only root, no capability, no new privileges). Resource
# limits and cgroups are left out: they are the kubelet's, and may not be ours to set. Leaves output in $WORK/out and err.
container() {
    local bundle="$1" want="$2" status=0
    shift 2
    # Not by --args: jq takes "--version" for an option of its own.
    jq --argjson args "$(printf '%s\n' "$OPERATOR" "$@" | jq -R . | jq -s .)" '
        .process += {args: $args, terminal: false, noNewPrivileges: true}
        | .process.capabilities = {bounding: [], effective: [], permitted: [], ambient: [], inheritable: []}
        | .root.readonly = true | del(.process.rlimits, .linux.resources, .linux.cgroupsPath)
        | .mounts |= map(select(.type != "cgroup"))' <"$bundle/config.json" >"$WORK/config.json"
    mv "$WORK/config.json" "$bundle/config.json"
    # A minute is ten times what both calls need; what hangs is killed and shows as 137.
    timeout -s KILL 60 runc --root "$WORK/runc" run -b "$bundle" "image-test-$$" \
        </dev/null >"$WORK/out" 2>"$WORK/err" || status=$?
    # Nothing is left to delete unless it was killed.
    runc --root "$WORK/runc" delete --force "image-test-$$" 2>/dev/null || true
    expect "the exit code of '$*' (it said: $(cat "$WORK/err"))" "$want" "$status"
}

check_runs() {
    expect "the user of the bundle" '65532:65532' "$(jq -r '.process.user | "\(.uid):\(.gid)"' "$1/config.json")"
    container "$1" 0 --version
    expect "what --version prints" "mcp-schema-operator $VERSION" "$(cat "$WORK/out")"
    container "$1" 2 run
    grep -qi 'kubernetes configuration' "$WORK/err" ||
        die "run outside a cluster does not say that it found no Kubernetes configuration: $(cat "$WORK/err")"
}
