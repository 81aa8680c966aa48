#!/bin/sh
# with-cgroups.sh COMMAND [ARGUMENT...]: runs a command where crun can work. On a host with cgroup v1 and v2 side by side it refuses
# to, unless every controller is mounted as v1. What is missing is mounted in a mount namespace of the command's own: nothing has to be
# undone, and what runs beside it is not disturbed. Where nothing is missing, or without root, it is just the command.
set -eu

# Controllers of a hybrid host that are not mounted here as v1: those of v2, and those mounted in another mount namespace only.
missing_controllers() {
  [ "$(id -u)" = 0 ] && [ -e /sys/fs/cgroup/unified/cgroup.controllers ] || return 0
  mounted=$(awk '$3 == "cgroup" { print $4 }' /proc/mounts | tr ',' '\n')
  { tr ' ' '\n' </sys/fs/cgroup/unified/cgroup.controllers; cut -d : -f 2 /proc/self/cgroup | tr ',' '\n'; } |
    grep -v -e '^$' -e '^name=' | grep -vxF -e "$mounted" | sort -u
}

if [ "${1:-}" = --mount ]; then
  shift
  for name in $controllers; do
    mkdir -p "/sys/fs/cgroup/$name"
    mount -t cgroup -o "$name" cgroup "/sys/fs/cgroup/$name"
  done
  unset controllers
  exec "$@"
fi

controllers=$(missing_controllers)
[ -n "$controllers" ] || exec "$@"
export controllers
exec unshare --mount --propagation private sh "$0" --mount "$@"
