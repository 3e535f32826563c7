# shellcheck shell=bash
# MariaDB from the distribution: found on PATH, else installed when root. And TiDB, when there is one.
# Sourced by tools.sh.

MARIADB_WANT=10.11 # the release the recorded answers were made with, and the oldest with the collations they need

# sbin NAME: NAME on PATH or in the sbin folders, which an ordinary user's PATH lacks.
sbin() { PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin type -P "$1" || true; }

provide_mariadb() {
  local have how='install it, as in: apt-get install mariadb-server (the service itself is not needed)'
  if [[ -z $(sbin mariadbd) || -z $(sbin mariadb-install-db) || -z $(sbin mariadb) ]]; then
    can_apt_install || die "MariaDB $MARIADB_WANT or newer is needed (mariadbd, mariadb-install-db, mariadb): $how"
    say 'installing the package mariadb-server (once)'
    apt_install mariadb-server || die "the package mariadb-server could not be installed: $how"
  fi
  have=$("$(sbin mariadbd)" --no-defaults --version 2>/dev/null | first_version || true)
  at_least "$have" "$MARIADB_WANT" || die "MariaDB $MARIADB_WANT or newer is needed, found ${have:-none}: $how"
  say "mariadbd $have: $(sbin mariadbd)"
  remember MARIADBD "$(sbin mariadbd)"
  remember MARIADB_INSTALL_DB "$(sbin mariadb-install-db)"
  remember MARIADB "$(sbin mariadb)"
}

# No package registry carries TiDB, so it is never installed; tests that need it run on recorded answers instead.
find_tidb() {
  local file=${TIDB_SERVER:-$(type -P tidb-server || true)}
  if [[ -z $file ]]; then
    say 'tidb-server: none (normal; set TIDB_SERVER=/path/to/tidb-server to test against a live TiDB)'
    return
  fi
  [[ -x $file ]] || die "TIDB_SERVER=$file is no executable file: correct or unset it"
  say "tidb-server: $file"
  remember TIDB_SERVER "$file"
}
