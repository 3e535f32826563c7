# shellcheck shell=bash
# etcd, kube-apiserver, kube-controller-manager, kubectl and helm: taken from where the user says, or built from the
# pinned modules beside this folder. Sourced by tools.sh.

KUBE_WANT=1.33 # the oldest API server the operator's Kubernetes client is tested against
ETCD_WANT=3.5
HELM_WANT=4.0 # helm 3 only warns about an unknown field; the tests rely on the refusal

# tool_version NAME FILE: the version FILE reports, nothing when it does not run.
tool_version() {
  case $1 in
    kubectl) "$2" version --client 2>/dev/null | first_version ;;
    helm) "$2" version --short 2>/dev/null | first_version ;;
    *) "$2" --version 2>/dev/null | first_version ;;
  esac
}

# adopt NAME WANT VARIABLE FILE ORIGIN: takes FILE when it is new enough.
adopt() {
  local have
  [[ -n $4 && -x $4 ]] || return 1
  have=$(tool_version "$1" "$4")
  if ! at_least "$have" "$2"; then
    say "$1: not taking $4 ($5): version ${have:-unknown}, needed $2 or newer"
    return 1
  fi
  say "$1 $have: $4 ($5)"
  remember "$3" "$4"
}

# find_kube NAME WANT VARIABLE: an own variable wins, then KUBEBUILDER_ASSETS, then (clients only) PATH.
find_kube() {
  local own=${!3:-}
  if [[ -n $own ]]; then
    adopt "$1" "$2" "$3" "$own" "\$$3" || die "$3=$own cannot be used: unset it or point it at $1 $2 or newer"
    return
  fi
  adopt "$1" "$2" "$3" "${KUBEBUILDER_ASSETS:+$KUBEBUILDER_ASSETS/$1}" 'KUBEBUILDER_ASSETS' && return
  [[ $1 == kubectl || $1 == helm ]] && adopt "$1" "$2" "$3" "$(type -P "$1" || true)" 'PATH'
}

GO_WANT=1.21 # this and newer fetch the Go release that go.mod asks for

go_version() { go env GOVERSION 2>/dev/null | first_version || true; }

need_go() {
  local have
  at_least "$(go_version)" "$GO_WANT" && return
  if can_apt_install && at_least "$(apt_candidate golang-go)" "$GO_WANT"; then
    say 'installing the package golang-go (once)'
    apt_install golang-go && at_least "$(go_version)" "$GO_WANT" && return
  fi
  have=$(go_version)
  die "Go $GO_WANT or newer is needed to build the Kubernetes test binaries (found: ${have:-none}): install it from" \
    "https://go.dev/dl, or set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver," \
    "kube-controller-manager, kubectl and helm"
}

# go_build MODULE_FOLDER OUT NAME=PACKAGE...: builds into OUT, each binary renamed into place when it is whole.
go_build() {
  local module=$1 out=$2 work pair packages=()
  shift 2
  need_go
  mkdir -p "$out"
  work=$(mktemp -d "$out/.build.XXXXXX")
  for pair in "$@"; do packages+=("${pair#*=}"); done
  say "building ${*%%=*} in $module (once; several minutes and about 4 GB of Go caches when cold)"
  (cd "$module" && CGO_ENABLED=0 GOFLAGS='-mod=readonly -buildvcs=false' GOWORK=off \
    go build -trimpath -ldflags "$(link_flags "$module")" -o "$work/" "${packages[@]}") >&2 \
    || { rm -rf "$work"; die "go build failed in $module; its output is above"; }
  for pair in "$@"; do mv -f "$work/$(basename "${pair#*=}" | sed 's/^v3$/server/')" "$out/${pair%%=*}"; done
  rm -rf "$work"
}

# link_flags MODULE_FOLDER: without the version flags every binary says v0.0.0-master+$Format:%H$ and kubectl fails.
link_flags() {
  local kube helm package flags='-s -w'
  kube=$(awk '$1 == "k8s.io/kubernetes" {print $2}' "$1/go.mod")
  helm=$(awk '$1 == "helm.sh/helm/v4" {print $2}' "$1/go.mod")
  if [[ -n $kube ]]; then
    for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
      flags+=" -X $package.gitVersion=$kube -X $package.gitMajor=1"
      flags+=" -X $package.gitMinor=$(cut -d . -f 2 <<<"$kube") -X $package.gitTreeState=clean"
    done
    flags+=" -X helm.sh/helm/v4/internal/version.version=$helm"
  fi
  printf '%s' "$flags"
}

# provide_kube: everything this file is for.
provide_kube() {
  local out name want variable package missing=()
  out=$TOOLS/kube-$(hash_of "$BED/go.mod" "$BED/go.sum" <(link_flags "$BED"))
  while read -r name want variable package; do
    find_kube "$name" "$want" "$variable" && continue
    remember "$variable" "$out/$name"
    if [[ -x $out/$name ]]; then say "$name: $out/$name"; else missing+=("$name=$package"); fi
  done <<END
kube-apiserver $KUBE_WANT KUBE_APISERVER k8s.io/kubernetes/cmd/kube-apiserver
kube-controller-manager $KUBE_WANT KUBE_CONTROLLER_MANAGER k8s.io/kubernetes/cmd/kube-controller-manager
kubectl $KUBE_WANT KUBECTL k8s.io/kubernetes/cmd/kubectl
helm $HELM_WANT HELM helm.sh/helm/v4/cmd/helm
END
  [[ ${#missing[@]} -eq 0 ]] || go_build "$BED" "$out" "${missing[@]}"

  find_kube etcd "$ETCD_WANT" ETCD && return
  out=$TOOLS/etcd-$(hash_of "$BED/etcd/go.mod" "$BED/etcd/go.sum" <(link_flags "$BED/etcd"))
  remember ETCD "$out/etcd"
  if [[ -x $out/etcd ]]; then say "etcd: $out/etcd"; else go_build "$BED/etcd" "$out" etcd=go.etcd.io/etcd/server/v3; fi
}
