#!/bin/sh
# Unpacks the containerds of later Debian suites, with their ctr, into .cache/containerd/LINE (usr/bin, and the full version in the
# file `version`), for the tests that run on every containerd; 1.6 is the one that is installed. Nothing is installed and
# apt's own state is not touched. What is there already is not looked for again. Ends with 1 when one is missing.
set -eu
cd "$(dirname "$0")/.."

cache=.cache/containerd
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { echo "setup: containerd $*"; }

# The archive that this machine's own sources name for its own release. Asks apt, which reads every form of sources.
mirror() {
  # shellcheck disable=SC1091 # the system's
  . /etc/os-release
  apt-get --print-uris update 2>/dev/null |
    sed -n "s#^'\(.*\)/dists/\(${VERSION_CODENAME:-stable}\|stable\|oldstable\)/InRelease'.*#\1#p" | head -n 1
}

# apt-get on directories of its own, with nothing installed: no dependency can be in the way.
private_apt() {
  apt-get -q -o Dir::Etc::sourcelist="$work/list.sources" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=- \
    -o Dir::State="$work" -o Dir::State::lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work" \
    -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false -o Acquire::Retries=2 -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any "$@"
}

# Fetches the containerd of suite $2, which has to be of the line $1, and puts it in place, complete or not at all.
provide() {
  work=$PWD/$cache/$1.$$
  rm -rf "$work"
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/root"
  : >"$work/status"
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$archive" "$2" "$keyring" >"$work/list.sources"
  say "$1: reading the list of $2"
  private_apt update >"$work/log" 2>&1 || return 1
  say "$1: downloading (about 30 MB)"
  (cd "$work" && private_apt download containerd >>log 2>&1) || return 1
  package=$(find "$work" -maxdepth 1 -name 'containerd_*.deb')
  version=$(dpkg-deb --field "$package" Version)
  case $version in
    "$1".*) ;;
    *) echo "$2 has containerd $version now" >>"$work/log"; return 1 ;;
  esac
  dpkg -x "$package" "$work/root" >>"$work/log" 2>&1 || return 1
  echo "$version" >"$work/root/version"
  mv -T "$work/root" "$cache/$1" 2>/dev/null || [ -x "$cache/$1/usr/bin/ctr" ] || return 1 # or somebody else was faster
  say "$1: $version is in $cache/$1"
}

# $1 line, $2 suite
ensure() {
  if [ -x "$cache/$1/usr/bin/containerd" ] && [ -x "$cache/$1/usr/bin/ctr" ]; then return 0; fi
  archive=${archive:-$(mirror)}
  if [ -z "$archive" ]; then
    say "$1: no Debian archive in apt's sources; the tests that need it will fail" >&2
    return 1
  fi
  status=0
  provide "$1" "$2" || status=$?
  if [ "$status" != 0 ]; then
    say "$1: could not be had from $2; the tests that need it will fail until \`make setup\` reaches the archive. apt said:" >&2
    tail -n 3 "$work/log" | sed 's/^/  /' >&2
  fi
  rm -rf "$work"
  return "$status"
}

archive=
work=
trap 'if [ -n "$work" ]; then rm -rf "$work"; fi' EXIT
trap 'exit 130' INT TERM
result=0
ensure 1.7 trixie || result=1
ensure 2.1 forky || result=1
exit "$result"
