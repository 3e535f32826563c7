# shellcheck shell=bash
# Sourced by image-test.sh: the two base images, out of Debian packages. Kept as archives under $CACHE, named by what they
# are made of; imported into the storage of each run.

# The release both real bases are of.
SUITE=bookworm
# What cargo needs beside the toolchain that is mounted: a linker, libc's headers (ring compiles C), certificates.
BUILD_PACKAGES=gcc,libc6-dev,ca-certificates
# What distroless cc holds: no shell, no package manager.
RUNTIME_PACKAGES=base-files,libc6,libgcc-s1,ca-certificates,tzdata,netbase

# archive VARIANT PACKAGES: prints the path of the archive, made when it is not there yet.
archive() {
    local key file
    key="$(printf '%s\n' "$SUITE" "$1" "$2" | sha256sum | cut -c1-16)"
    file="$CACHE/$1-$key.tar"
    if [ ! -f "$file" ]; then
        say "making a stand-in of $2 (a minute or two)"
        mmdebstrap --quiet --variant="$1" --include="$2" "$SUITE" "$WORK/new.tar" >&2 || die "mmdebstrap $SUITE $1 $2"
        mv "$WORK/new.tar" "$file"
    fi
    printf '%s\n' "$file"
}

# base NAME ARCHIVE [CONFIG…]: an image of that archive in the storage of this run.
base() {
    local name="$1" file="$2" container
    shift 2
    container="$(bud from scratch)"
    bud add --quiet "$container" "$file" / >/dev/null
    [ $# = 0 ] || bud config "$@" "$container"
    bud commit --quiet --rm --timestamp 0 "$container" "$name" >/dev/null
}

make_stand_ins() {
    local build
    build="$(archive apt "$BUILD_PACKAGES")"
    RUNTIME_ARCHIVE="$(archive extract "$RUNTIME_PACKAGES")"
    # The variables the real rust image sets, with the mounted toolchain first.
    base localhost/stand-in-build "$build" --env CARGO_HOME=/usr/local/cargo \
        --env PATH=/usr/local/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    base localhost/stand-in-runtime "$RUNTIME_ARCHIVE"
}
