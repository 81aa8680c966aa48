#!/bin/sh
# Generates packages/core/src/proto/gen from the .proto files beside it. --keep-case keeps the wire's own names:
# without it exit_status would silently become exitStatus and every exit code 0.
set -eu
cd "$(dirname "$0")/.."
dir=packages/core/src/proto
out=$dir/gen
node=node_modules/node/bin/node
bin=node_modules/protobufjs-cli/bin
mkdir -p "$out"

# generate NAME "OPTIONS" FILE…: gen/NAME.js and its types
generate() {
  name=$1
  options="-t static-module -w es6 --es6 --dependency protobufjs/minimal.js --root $1 --keep-case --no-verify --no-delimited --no-typeurl --no-convert --no-service $2"
  shift 2
  # shellcheck disable=SC2086 # a list of words
  "$node" "$bin/pbjs" $options --no-comments -p "$dir/def" -o "$out/$name.js" "$@"
  # shellcheck disable=SC2086
  "$node" "$bin/pbjs" $options -p "$dir/def" "$@" | "$node" "$bin/pbts" -o "$out/$name.d.ts" -
}

generate wire "" "$dir/def/task.proto" "$dir/def/events.proto" "$dir/def/bootstrap.proto"
# The shim only ever writes metrics.
generate metrics "--no-create --no-decode" "$dir/def/cgroups1.proto" "$dir/def/cgroups2.proto"
# Hooks elsewhere: a namespace of its own, dunnage.hooks.v1.
generate hooks "" "$dir/def/hooks.proto"
