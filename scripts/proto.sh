#!/bin/sh
# Generates packages/core/src/proto/gen from the .proto files beside it. --keep-case keeps the wire's own names:
# without it exit_status would silently become exitStatus and every exit code 0.
set -eu
cd "$(dirname "$0")/.."
dir=packages/core/src/proto
out=$dir/gen
mkdir -p "$out"
node_modules/node/bin/node "node_modules/protobufjs-cli/bin/pbjs" -t static-module -w es6 --es6 --dependency "protobufjs/minimal.js" \
  --keep-case --no-verify --no-delimited --no-typeurl --no-convert --no-comments --no-service -p "$dir/def" -o "$out/wire.js" \
  "$dir/def/task.proto" "$dir/def/events.proto" "$dir/def/bootstrap.proto"
node_modules/node/bin/node "node_modules/protobufjs-cli/bin/pbjs" -t static-module -w es6 --es6 --dependency "protobufjs/minimal.js" \
  --keep-case --no-verify --no-delimited --no-typeurl --no-convert --no-service -p "$dir/def" \
  "$dir/def/task.proto" "$dir/def/events.proto" "$dir/def/bootstrap.proto" | node_modules/node/bin/node "node_modules/protobufjs-cli/bin/pbts" -o "$out/wire.d.ts" -
