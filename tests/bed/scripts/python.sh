# shellcheck shell=bash
# A Python environment of our own that holds the MCP server, from the hashed list in mcp/requirements.txt.
# Sourced by tools.sh.

PYTHON_WANT=3.11 # what the pinned numpy asks for

# find_python: the first Python new enough that can make virtual environments.
find_python() {
  local name file
  for name in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
    file=$(type -P "$name" || true)
    [[ -n $file ]] || continue
    if "$file" -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (${PYTHON_WANT/./, }))" 2>/dev/null; then
      printf '%s' "$file"
      return
    fi
  done
  return 1
}

provide_python() {
  local list=$BED/mcp/requirements.txt out work python
  out=$TOOLS/mcp-$(hash_of "$list")
  remember MCP_PYTHON "$out/bin/python"
  if "$out/bin/python" -c '' 2>/dev/null; then
    say "MCP server: $out"
    return
  fi
  if ! python=$(find_python); then
    can_apt_install && apt_install python3 python3-venv
    python=$(find_python) || die "Python $PYTHON_WANT or newer with venv is needed: install it, as in: apt-get install python3 python3-venv"
  fi
  say "installing the MCP server for $("$python" --version) into $out (once)"
  work=$(mktemp -d "$TOOLS/.mcp.XXXXXX")
  { "$python" -m venv "$work" && "$work/bin/python" -m pip install -q --disable-pip-version-check \
    --require-hashes --only-binary :all: -r "$list"; } >&2 \
    || { rm -rf "$work"; die 'the MCP server could not be installed; the output of pip is above'; }
  rm -rf "$out" # an environment whose Python is gone
  mv -T "$work" "$out" # the console scripts keep the old name; only bin/python is used
}
