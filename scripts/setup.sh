#!/bin/sh
# setup.sh [tests]: brings a stock Debian 12 with Node >= 18, npm and make to the point where everything here builds and runs; with
# `tests`, to the point where every test runs. Idempotent; when nothing is missing it ends within a fraction of a second.
set -eu
cd "$(dirname "$0")/.."

pnpm_version=10.34.8
stamp=node_modules/.setup-stamp
# The container side: `ctr` and containerd itself, an OCI runtime, and a static busybox, of which images are made.
needed="containerd runc busybox-static"
# Compilers: gcc for the guardian, g++ and python3 for the addon of the optional second FFI backend. Without them the guardian, and the
# tests of both, are missing.
optional="gcc libc6-dev g++ python3"
# With musl the guardian needs no libraries. Whether it can be installed does not matter.
preferred="musl-tools"
case "${1-}" in
  '') ;;
  # The other OCI runtimes, the network of pods, the sandbox of an example; patchelf for programs of later suites.
  tests) needed="$needed crun runsc containernetworking-plugins patchelf bubblewrap" ;;
  *) echo "usage: setup.sh [tests]" >&2; exit 2 ;;
esac

say() { echo "setup: $*"; }

# Names of the packages among the arguments that are not installed.
missing() {
  for package in "$@"; do
    case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" in
      installed) ;;
      *) printf ' %s' "$package" ;;
    esac
  done
}

# Runs a command that prints a lot: what it printed is shown if it fails.
quietly() {
  log=$(mktemp)
  if "$@" >"$log" 2>&1 </dev/null; then rm -f "$log"; return 0; fi
  cat "$log" >&2
  rm -f "$log"
  return 1
}

apt_install() {
  quietly env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# install_packages NEEDED PREFERRED: apt-get with every service start refused: installing containerd must not start one on this machine.
install_packages() {
  policy=/usr/sbin/policy-rc.d
  kept=$policy.dunnage-setup
  # Ours is there if an earlier run was killed: then the host's own, if it had one, has been kept already.
  if [ -e "$policy" ] && ! grep -qs '^# by dunnage setup$' "$policy"; then mv "$policy" "$kept"; fi
  trap 'rm -f "$policy"; if [ -e "$kept" ]; then mv "$kept" "$policy"; fi' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\n# by dunnage setup\nexit 101\n' >"$policy"
  chmod 0755 "$policy"
  say "installing Debian packages:$1$2 (no service is started)"
  if [ -n "$1" ]; then
    quietly apt-get update -q
    # shellcheck disable=SC2086 # a list of names
    apt_install $1
  fi
  # shellcheck disable=SC2086
  if [ -n "$2" ] && ! { quietly apt-get update -q && apt_install $2; }; then say "continuing without$2"; fi
  rm -f "$policy"
  if [ -e "$kept" ]; then mv "$kept" "$policy"; fi
  trap - EXIT INT TERM
}

debian_packages() {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    say "this is not Debian; needed here: $needed (and, for the guardian and the optional FFI backend: $optional $preferred)"
    return 0
  fi
  # shellcheck disable=SC2086
  absent=$(missing $needed)
  # shellcheck disable=SC2086
  wanted=$(missing $optional)
  nice=$(missing $preferred)
  if [ -z "$absent$wanted$nice" ]; then return 0; fi
  if [ "$(id -u)" = 0 ]; then
    install_packages "$absent$wanted" "$nice"
  elif [ -n "$absent" ]; then
    say "missing Debian packages. Run this as root, then the same again:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends$absent$wanted" >&2
    exit 1
  else
    say "optional Debian packages are missing (guardian, second FFI backend):$wanted$nice"
  fi
}

# One line that changes whenever the installed npm packages would.
fingerprint() {
  cat "$0" package.json pnpm-lock.yaml pnpm-workspace.yaml packages/*/package.json | sha256sum
}

npm_packages() {
  want="$(fingerprint) $PWD"
  if [ -x node_modules/node/bin/node ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; then return 0; fi
  for tool in node npm npx; do
    command -v "$tool" >/dev/null 2>&1 || { say "$tool is missing: Node 18 or newer with npm is needed" >&2; exit 1; }
  done
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 18 ] || { say "Node $major is too old: 18 or newer is needed to install the packages" >&2; exit 1; }
  say "installing npm packages with pnpm $pnpm_version (the pinned Node is about 50 MB to download the first time)"
  CI=true quietly npx --yes "pnpm@$pnpm_version" install --frozen-lockfile --reporter=append-only
  version=$(node_modules/node/bin/node --version) || { say "the pinned Node does not run" >&2; exit 1; }
  echo "$want" >"$stamp"
  say "Node $version, $(find node_modules/.pnpm -mindepth 1 -maxdepth 1 | wc -l) npm packages"
}

debian_packages
npm_packages
# Without a network everything else works, and the tests that need them say what they lack.
if [ "${1-}" = tests ]; then sh scripts/later-versions.sh || true; fi
say "ready"
