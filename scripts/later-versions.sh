#!/bin/sh
# Unpacks what the tests need from later Debian suites into .cache/NAME/LINE: containerds with their ctr (1.6 is the one that
# is installed), and command lines that go with them or with this kernel. The full version is in the file `version`, the
# programs are in usr/bin or usr/sbin. A program that needs a newer libc than this machine's gets its suite's libraries
# beside it and is told to use them. Nothing is installed and apt's own state is not touched. What is there already is not
# looked for again. Ends with 1 when one is missing.
set -eu
cd "$(dirname "$0")/.."

cache=.cache
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# name line, Debian's version begins with, suite, whether it needs libraries of that suite, what it loads when it is there
wanted='
containerd 1.7  1.7.      trixie alone
containerd 2.1  2.1.      forky  alone
runsc      2024 0.0~2024  trixie alone
runc       1.3  1.3.      forky  libraries
crun       1.21 1.21      trixie libraries libcriu2
criu       4.2  4.2.      forky  libraries
'

say() { echo "setup: $*"; }

# The archive that this machine's own sources name for its own release. Asks apt, which reads every form of sources.
mirror() {
  # shellcheck disable=SC1091 # the system's
  . /etc/os-release
  apt-get --print-uris update 2>/dev/null |
    sed -n "s#^'\(.*\)/dists/\(${VERSION_CODENAME:-stable}\|stable\|oldstable\)/InRelease'.*#\1#p" | head -n 1
}

# apt-get on directories of its own, with nothing installed: no dependency can be in the way.
private_apt() {
  apt-get -q -o Dir::Etc::sourcelist="$lists/list.sources" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::State="$lists" -o Dir::State::lists="$lists/lists" -o Dir::State::status="$lists/status" \
    -o Dir::Cache="$lists" -o Dir::Cache::archives="$work/archives" -o Acquire::Languages=none \
    -o Acquire::Check-Valid-Until=false -o Acquire::Retries=2 -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any "$@"
}

# Reads the package lists of suite $1, once.
read_lists() {
  lists=$scratch/$1
  if [ -e "$lists/read" ]; then return 0; fi
  mkdir -p "$lists/lists/partial"
  : >"$lists/status"
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$archive" "$1" "$keyring" >"$lists/list.sources"
  say "reading the package list of $1"
  private_apt update && : >"$lists/read"
}

# Downloads package $1 (or all it depends on as well, and $3) and unpacks it into $work/root.
unpack() {
  mkdir -p "$work/root" "$work/archives/partial"
  # shellcheck disable=SC2086 # none or one
  if [ "$2" = libraries ]; then private_apt install --yes --download-only --no-install-recommends "$1" $3
  else (cd "$work/archives" && private_apt download "$1")
  fi || return 1
  for package in "$work"/archives/*.deb; do dpkg -x "$package" "$work/root" || return 1; done
}

# Makes the programs of the package $1 in $2 use the loader and the libraries that lie there with them.
bind_libraries() {
  loader=$(find "$2" -name 'ld-linux*.so.*' -type f | head -n 1)
  dirs=$(find "$2" -name 'lib*.so*' -printf '%h\n' | sort -u | tr '\n' ':')
  dpkg -c "$work"/archives/"$1"_*.deb | sed -n 's#^-rwx.* \./\(usr/s\{0,1\}bin/.*\)#\1#p' | while read -r program; do
    if patchelf --print-interpreter "$2/$program" >/dev/null 2>&1; then # neither a script nor linked statically
      patchelf --set-interpreter "$loader" --force-rpath --set-rpath "${dirs%:}" "$2/$program" || exit 1
    fi
  done
}

# $1 name, $2 line, $3 beginning of its version, $4 suite, $5 alone | libraries, $6 one more package or none. Puts it in place,
# complete or not at all.
provide() {
  read_lists "$4" || return 1
  say "$1 $2: downloading from $4"
  unpack "$1" "$5" "$6" || return 1
  version=$(dpkg-deb --field "$work"/archives/"$1"_*.deb Version)
  case $version in
    "$3"*) ;;
    *) echo "$4 has $1 $version now"; return 1 ;;
  esac
  echo "$version" >"$work/root/version"
  mkdir -p "$cache/$1"
  mv -T "$work/root" "$cache/$1/$2" 2>/dev/null || [ -e "$cache/$1/$2/version" ] || return 1 # or somebody else was faster
  if [ "$5" = libraries ]; then bind_libraries "$1" "$PWD/$cache/$1/$2" || { rm -r "${cache:?}/$1/$2"; return 1; }; fi
  say "$1 $2: $version is in $cache/$1/$2"
}

# Whether program $2 below $1 runs.
runs() {
  program=$(find "$1/usr/bin" "$1/usr/sbin" -name "$2" 2>/dev/null | head -n 1)
  [ -n "$program" ] && "$program" --version >/dev/null 2>&1
}

ensure() {
  # The loader's path is written into a program: a tree that was moved has to fetch it again.
  tree=$cache/$1/$2
  if [ -e "$tree/version" ] && [ -e "$tree/usr/share/doc/$6" ] && { [ "$5" = alone ] || runs "$tree" "$1"; }; then return 0; fi
  archive=${archive:-$(mirror)}
  if [ -z "$archive" ]; then
    say "$1 $2: no Debian archive in apt's sources; the tests that need it will fail" >&2
    return 1
  fi
  rm -rf "${cache:?}/$1/$2"
  scratch=$PWD/$cache/later.$$
  work=$scratch/$1-$2
  mkdir -p "$work"
  if provide "$@" >"$work/log" 2>&1; then grep '^setup:' "$work/log"; return 0; fi
  say "$1 $2: could not be had from $4; the tests that need it will fail until \`make test-setup\` reaches the archive. The end of the log:" >&2
  tail -n 3 "$work/log" | sed 's/^/  /' >&2
  return 1
}

archive=
scratch=
trap 'if [ -n "$scratch" ]; then rm -rf "$scratch"; fi' EXIT
trap 'exit 130' INT TERM
result=0
while read -r name line version suite kind more; do
  if [ -n "$name" ]; then ensure "$name" "$line" "$version" "$suite" "$kind" "$more" </dev/null || result=1; fi
done <<END
$wanted
END
exit "$result"
