#!/bin/sh
# Says what is on this machine now that was not there before: processes, zombies, mounts, cgroups of every hierarchy,
# unix sockets, FIFOs and directories of containers, and descriptors of given processes. It reads /proc, /sys and
# directory listings, and knows nothing of what made the things it finds.
#
#   leak-check.sh snapshot FILE [--scope TEXT] [--pid PID]...
#   leak-check.sh compare FILE [--wait SECONDS] [--scope TEXT] [--pid PID]...
#
# --scope TEXT  only what bears TEXT in its name, path, command line, environment or cgroup
# --pid PID     also the open descriptors of this process
# --wait N      give what is on its way out up to N seconds
# compare prints one line for each new thing and exits with 1; with 0 when there is none; 2 means wrong usage.
set -u
LC_ALL=C
export LC_ALL

usage() {
  sed -n 's/^#   leak-check.sh/usage: leak-check.sh/p' "$0" >&2
  exit 2
}

# The processes of this script itself come and go between two looks, and so do those of whoever runs it.
processes() {
  if [ -n "$scope" ]; then in_scope_pids; else suspicious_pids; fi | sort -u | while read -r pid; do
    is_ours "$pid" || is_elsewhere "$pid" || describe "$pid"
  done
}

in_scope_pids() {
  grep -lF -e "$scope" /proc/[0-9]*/cmdline /proc/[0-9]*/environ /proc/[0-9]*/cgroup 2>/dev/null | cut -d / -f 3
}

# Without a scope those count that containers may leave: zombies, orphans, and whatever is called like a runtime or a shim.
suspicious_pids() {
  grep -lE 'runc|crun|runsc|shim|containerd' /proc/[0-9]*/cmdline 2>/dev/null | cut -d / -f 3
  for file in /proc/[0-9]*/stat; do
    { read -r stat < "$file"; } 2>/dev/null || continue
    pid=${stat%% *}
    set -- ${stat##*) }
    case $1,$2 in Z,* | X,* | ?,1) echo "$pid" ;; esac
  done
}

# Whether a process is this script, a part of it, or an ancestor.
is_ours() {
  case " $ours " in *" $1 "*) return 0 ;; esac
  { read -r stat < "/proc/$1/stat"; } 2>/dev/null || return 0
  pid=$1
  set -- ${stat##*) }
  cat "/proc/$pid/cmdline" "/proc/$2/cmdline" 2>/dev/null | tr '\0' '\n' | grep -qF leak-check.sh
}

# Without a scope: whether a process is in one of the cgroups beside ours, where others run other things.
is_elsewhere() {
  [ -z "$scope" ] && [ -n "$beside" ] || return 1
  cgroup=$(cat "/proc/$1/cgroup" 2>/dev/null)
  [ "$cgroup" != "$own_cgroup" ] && printf '%s\n' "$cgroup" | grep -qF -e "$beside"
}

# One line per process, with its start time: a pid alone may be used again. Kernel threads (children of 2) do not count.
describe() {
  { read -r stat < "/proc/$1/stat"; } 2>/dev/null || return 0
  comm=${stat#*(}
  comm=${comm%)*}
  pid=$1
  set -- ${stat##*) }
  [ "$2" = 2 ] && return 0
  started=$(echo "$*" | cut -d ' ' -f 20)
  words=$(cat "/proc/$pid/cmdline" 2>/dev/null | tr '\0' ' ' | cut -c 1-200)
  case $1 in
    Z | X) echo "zombie $pid started $started parent $2: $comm" ;;
    *) echo "process $pid started $started: $comm: $words" ;;
  esac
}

# A zombie has neither command line nor environment: in a scope, those count whose parent is in it.
zombies() {
  [ -n "$scope" ] || return 0
  for file in $(grep -lF ') Z ' /proc/[0-9]*/stat 2>/dev/null); do
    { read -r stat < "$file"; } 2>/dev/null || continue
    pid=${stat%% *}
    set -- ${stat##*) }
    [ "$1" = Z ] && grep -qsF -e "$scope" "/proc/$2/cmdline" "/proc/$2/environ" && describe "$pid"
  done
}

mounts() {
  awk '{ print "mount " $5 }' /proc/self/mountinfo | in_scope
}

# Those beside the one that this script runs in belong to whatever runs it: a service manager, a CI agent.
cgroups() {
  awk '{ for (i = 7; i <= NF; i++) if ($i == "-" && $(i + 1) ~ /^cgroup/) print $5 }' /proc/self/mountinfo |
    xargs -r sh -c 'exec find "$@" -mindepth 1 -type d 2>/dev/null' leak-check.sh |
    grep -vF -e "${beside:-no cgroup}" | sed 's/^/cgroup /' | in_scope
}

sockets() {
  awk 'NR > 1 && $8 != "" { print "socket " $8 }' /proc/net/unix | in_scope
}

# What containers leave in the file system: FIFOs, socket files, and directories down to the third level.
files() {
  for dir in /run /tmp /var/run /var/tmp; do
    [ -d "$dir" ] && [ ! -L "$dir" ] || continue
    # Whole source trees may lie in /var/tmp.
    case $dir in /var/tmp) depth=4 ;; *) depth=20 ;; esac
    find "$dir" -xdev -maxdepth "$depth" \( -type p -o -type s \) -print 2>/dev/null
  done | sed 's/^/fifo or socket file /' | in_scope
  find /run/containerd* /run/dunnage* /run/runc* /run/crun* /tmp/pty* /tmp/runc* /tmp/crun* /tmp/containerd* \
    -xdev -maxdepth 3 -type d -print 2>/dev/null | sed 's/^/directory /' | in_scope
  [ -n "$scope" ] && find /run /tmp -xdev -maxdepth 1 -name "*$scope*" -print 2>/dev/null | sed 's/^/directory /'
  return 0
}

# Number of descriptors of each kind; inode numbers tell nothing.
descriptors() {
  for pid in $pids; do
    [ -d "/proc/$pid" ] || continue
    for fd in "/proc/$pid/fd"/*; do
      readlink "$fd" 2>/dev/null
    done | sed 's/\[[0-9]*\]/[]/' | sort | uniq -c |
      awk -v pid="$pid" '{ n = $1; $1 = ""; for (i = 1; i <= n; i++) print "descriptor of " pid ":" $0 " (number " i ")" }'
  done
}

in_scope() {
  if [ -n "$scope" ]; then grep -F -e "$scope"; else cat; fi
}

snapshot() {
  { processes; zombies; mounts; cgroups; sockets; files; descriptors; } | sort -u
}

compare() {
  now=$(mktemp) || exit 2
  trap 'rm -f "$now"' EXIT
  while :; do
    snapshot > "$now"
    new=$(comm -13 "$1" "$now" | grep -vF "$now")
    [ -z "$new" ] && exit 0
    [ "$wait" -le 0 ] && break
    wait=$((wait - 1))
    sleep 1
  done
  printf '%s\n' "$new"
  exit 1
}

[ $# -ge 2 ] || usage
action=$1
file=$2
shift 2
scope='' pids='' wait=0
while [ $# -ge 2 ]; do
  case $1 in
    --scope) scope=$2 ;;
    --pid) pids="$pids $2" ;;
    --wait) wait=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[ $# -eq 0 ] || usage

# This script and its ancestors.
ours='' ancestor=$$
while [ "$ancestor" -gt 0 ]; do
  ours="$ours $ancestor"
  read -r stat < "/proc/$ancestor/stat"
  stat=${stat##*) ? }
  ancestor=${stat%% *}
done

own_cgroup=$(cat /proc/self/cgroup)
beside=$(printf '%s\n' "$own_cgroup" | awk -F : '{ sub("/[^/]*$", "/", $3); if ($3 != "/") print $3 }')

case $action in
  snapshot) snapshot > "$file" ;;
  compare) compare "$file" ;;
  *) usage ;;
esac
