#!/usr/bin/env bash
# Builds the image from the Dockerfile and runs it, without an image registry: stand-ins made of Debian packages take the
# place of the two base images, and this machine's Rust toolchain is mounted into the first. Not shown by this: the real
# bases, other architectures, pushing. Needs root and Debian packages (installed when missing); ends with what is wrong.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/image/stand-ins.sh
. tests/image/checks.sh

say() { printf 'image-test: %s\n' "$*" >&2; }
die() { say "FAILED: $*"; exit 1; }

# apt packages this needs; each has a command of its own name.
PACKAGES="buildah jq mmdebstrap runc umoci"

install_packages() {
    local missing="" package
    for package in $PACKAGES; do
        command -v "$package" >/dev/null || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    # shellcheck disable=SC2086 # a list of words
    apt-get install -y --no-install-recommends $missing >&2 || die "apt-get install$missing (try apt-get update first)"
}

# buildah with a storage of its own, so that images of the machine are neither used nor touched.
bud() { buildah --storage-driver vfs --root "$WORK/storage" --runroot "$WORK/runroot" "$@"; }

# build_image TAG: one build of the Dockerfile; every call compiles the crate anew, dependencies come from the cache mounts.
build_image() {
    local sysroot certificates=/etc/ssl/certs config="${CARGO_HOME:-$HOME/.cargo}/config.toml"
    local options=(--isolation chroot --layers=false --timestamp 0
        --build-arg RUST_IMAGE=localhost/stand-in-build --build-arg RUNTIME_IMAGE=localhost/stand-in-runtime
        --build-arg "TARGETARCH=$(uname -m)" --build-arg "VERSION=$VERSION" --build-arg "REVISION=$REVISION")
    sysroot="$(rustc --print sysroot)"
    options+=(--volume "$sysroot:/usr/local/rust:ro" --volume "$certificates:$certificates:ro")
    # A mirror of the crate registry, where the machine is set up for one.
    [ ! -f "$config" ] || options+=(--volume "$config:/usr/local/cargo/config.toml:ro")
    bud build "${options[@]}" --tag "$1" . >&2 || die "the image does not build"
}

digest_of() { bud inspect --type image --format '{{.FromImageDigest}}' "$1"; }

main() {
    [ "$(id -u)" = 0 ] || die "needs root (chroot, mounts, runc): sudo make image-test"
    command -v rustc >/dev/null || die "rustc not found: install Rust 1.95 (https://rustup.rs)"
    install_packages

    CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/mcp-schema-operator/tools/image"
    mkdir -p "$CACHE/tmp"
    exec 9>"$CACHE/lock"
    flock 9
    # The cache mounts of RUN live under TMPDIR and stay for the next time.
    export TMPDIR="$CACHE/tmp"
    WORK="$(mktemp -d "$CACHE/work.XXXXXX")"
    trap 'rm -rf "$WORK"' EXIT
    VERSION="$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)"
    REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)"

    make_stand_ins
    say "building the image (a release build: ten minutes or more on two cores the first time)"
    build_image localhost/operator:one
    say "building it once more: the same sources must give the same image"
    build_image localhost/operator:two
    local one two
    one="$(digest_of localhost/operator:one)" two="$(digest_of localhost/operator:two)"
    [ "$one" = "$two" ] || die "two builds of the same sources differ: $one and $two"

    check_config localhost/operator:one
    bud push --quiet localhost/operator:one "oci:$WORK/oci:t" >&2
    umoci unpack --image "$WORK/oci:t" "$WORK/bundle" >&2
    check_files "$WORK/bundle/rootfs"
    check_runs "$WORK/bundle"
    say "passed: $one, operator of $VERSION, $(stat -c %s "$WORK/bundle/rootfs$OPERATOR") bytes"
}

main
