#!/bin/sh
# dunnage: starts the command with the Node and the code of the installation that this file, or what it links to, belongs to.
self=$0
case $self in */*) ;; *) self=$(command -v -- "$self") ;; esac
lib=${self%/*}/../lib/dunnage
[ -f "$lib/cli.cjs" ] || { self=$(readlink -f -- "$self") && lib=${self%/*}/../lib/dunnage; }
# Node's own variables must not come from outside.
unset NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_COMPILE_CACHE LD_LIBRARY_PATH LD_PRELOAD
DUNNAGE_LIB=$(cd -- "$lib" && pwd -P) || exit 1
export DUNNAGE_LIB
exec "$DUNNAGE_LIB/node" --no-warnings "$DUNNAGE_LIB/cli.cjs" "$@"
