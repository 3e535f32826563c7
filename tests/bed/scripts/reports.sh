# shellcheck shell=bash
# The CustomResourceDefinition of OpenReports, as its Go module carries it, checked against reports/go.sum. Sourced by
# tools.sh. OPENREPORTS_CRD names a file to take instead.

provide_reports() {
  local list=$BED/reports out module=github.com/openreports/reports-api name=config/crd/openreports.io_reports.yaml folder
  if [[ -n ${OPENREPORTS_CRD:-} ]]; then
    grep -qs '^  name: reports.openreports.io$' "$OPENREPORTS_CRD" \
      || die "OPENREPORTS_CRD=$OPENREPORTS_CRD cannot be used: unset it or point it at the CRD reports.openreports.io"
    say "OpenReports CRD: $OPENREPORTS_CRD (\$OPENREPORTS_CRD)"
    remember OPENREPORTS_CRD "$OPENREPORTS_CRD"
    return
  fi
  out=$TOOLS/reports-$(hash_of "$list/go.mod" "$list/go.sum").yaml
  if [[ ! -f $out ]]; then
    need_go
    say "fetching the OpenReports CRD into $out (once)"
    folder=$(cd "$list" && GOFLAGS=-mod=readonly GOWORK=off go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    [[ -f $folder/$name ]] || die "the Go module $module could not be fetched, or has no $name"
    # A copy, since `go clean -modcache` would take the original away; complete before it has its name.
    install -m 0644 "$folder/$name" "$out.new"
    mv -f "$out.new" "$out"
  fi
  say "OpenReports CRD: $out"
  remember OPENREPORTS_CRD "$out"
}
