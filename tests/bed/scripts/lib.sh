# shellcheck shell=bash
# Small helpers shared by the tool scripts: messages, versions, hashes. Sourced, never run.

say() { printf 'tools: %s\n' "$*" >&2; }

die() {
  printf 'tools: error: %s\n' "$*" >&2
  exit 1
}

# at_least HAVE WANT: whether version HAVE (like 1.37.2) is WANT or newer.
at_least() {
  [[ -n $1 && $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

# first_version: the first number of the form 1.2 or 1.2.3 in standard input, nothing when there is none.
first_version() { grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1 || true; }

# hash_of FILE...: 16 hex digits over the contents of the files.
hash_of() { cat -- "$@" | sha256sum | cut -c 1-16; }

# remember NAME VALUE: one line of the env file the test bed reads.
remember() { printf '%s=%s\n' "$1" "$2" >>"$ENV_NEW"; }

# apt_install PACKAGE...: from the distribution, as root only, without starting any service.
apt_install() {
  local policy=/usr/sbin/policy-rc.d added='' status=0
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 0755 "$policy"
    added=yes
  fi
  { DEBIAN_FRONTEND=noninteractive apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } >&2 || status=$?
  [[ -z $added ]] || rm -f "$policy"
  return "$status"
}

# can_apt_install: whether apt_install could work at all.
can_apt_install() { [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; }

# apt_candidate PACKAGE: the version apt_install would bring, nothing when there is none.
apt_candidate() {
  apt-get update -q >&2 || return 0
  apt-cache policy "$1" | awk '$1 == "Candidate:" {print $2}' | first_version
}
