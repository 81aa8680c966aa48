#!/bin/sh
# install.sh install|uninstall PREFIX: copies dist/ to PREFIX/bin and PREFIX/lib/dunnage, or removes that again.
# The new files take the place of the old ones by rename: daemons of the old installation keep theirs until they end.
set -eu
cd "$(dirname "$0")/.."
action=$1
prefix=$2
lib=$prefix/lib/dunnage

remove_launchers() {
  [ -f "$lib/launchers" ] || return 0
  while read -r name; do
    case "$name" in containerd-shim-dunnage-*) rm -f "$prefix/bin/$name" ;; esac
  done <"$lib/launchers"
  rm -f "$prefix/bin/dunnage"
}

# install_launcher NAME: with the path of this installation in it, for copies of the launcher. DESTDIR is no part of that path.
install_launcher() {
  final=$(cd "$lib" && pwd)
  quoted=$(printf '%s\n' "${final#"${DESTDIR-}"}" | sed "s/'/'\\\\''/g; s/[\\&|]/\\\\&/g")
  rm -f "$prefix/bin/$1"
  sed "s|^installed=.*|installed='$quoted'|" "dist/bin/$1" >"$prefix/bin/$1"
  chmod 0755 "$prefix/bin/$1"
}

case "$action" in
  install)
    [ -x dist/lib/dunnage/node ] || { echo "install: no dist/ here, run make build first" >&2; exit 1; }
    umask 022
    mkdir -p "$prefix/bin" "$prefix/lib"
    rm -rf "$lib.new" "$lib.old"
    cp -R dist/lib/dunnage "$lib.new"
    chmod -R u=rwX,go=rX "$lib.new"
    if [ "$(id -u)" = 0 ]; then chown -R 0:0 "$lib.new"; fi
    remove_launchers
    if [ -d "$lib" ]; then mv "$lib" "$lib.old"; fi
    mv "$lib.new" "$lib"
    rm -rf "$lib.old"
    while read -r name; do
      install_launcher "$name"
    done <"$lib/launchers"
    install -m 0755 dist/bin/dunnage "$prefix/bin/dunnage"
    echo "installed $(cat "$lib/VERSION") ($(cat "$lib/build-id")) in $lib; in $prefix/bin: dunnage, $(paste -sd , "$lib/launchers" | sed 's/,/, /g')"
    ;;
  uninstall)
    if grep -qs 'io\.containerd\.dunnage-' /etc/containerd/config.toml; then
      echo "note: /etc/containerd/config.toml still names its runtimes; \`dunnage uninstall\` should have come first" >&2
    fi
    remove_launchers
    rm -rf "$lib" "$lib.new" "$lib.old"
    echo "removed $lib and its launchers"
    ;;
  *)
    echo "usage: install.sh install|uninstall PREFIX" >&2
    exit 2
    ;;
esac
