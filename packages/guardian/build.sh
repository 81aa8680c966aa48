#!/bin/sh
# build.sh OUTPUT [FLAG…]: compiles the guardian. Without flags: static with musl-gcc where that is installed, otherwise with gcc. With
# flags (sanitizers, -fanalyzer): with gcc and these. Fails with 3 if there is no compiler.
set -eu
src=$(dirname "$0")/src
output=$1
shift
warnings="-std=c11 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror"
command -v gcc >/dev/null 2>&1 || exit 3
if [ $# -gt 0 ]; then
  # shellcheck disable=SC2086 # a list of flags
  exec gcc $warnings -g -O1 "$@" -o "$output" "$src"/*.c
elif command -v musl-gcc >/dev/null 2>&1; then
  # shellcheck disable=SC2086
  exec musl-gcc $warnings -Os -s -static -o "$output" "$src"/*.c
else
  # shellcheck disable=SC2086
  exec gcc $warnings -Os -s -o "$output" "$src"/*.c
fi
