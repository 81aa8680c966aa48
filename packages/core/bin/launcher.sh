#!/bin/sh
# What containerd executes: containerd-shim-dunnage-<runtime>-v1 [flags] start | delete.
# It answers `start` from a live daemon of the same group, and `delete` from the answer that the daemon left in the bundle.
# That takes no process but this one (one more, cat, if containerd sends options). Whatever it is not sure of goes to Node.
# POSIX sh; also needed: [ with -O, -ef, -nt, -ot (dash and busybox have them). src/bootstrap/group/PROTOCOL.md describes the
# files that it shares with the daemon, the order of the steps, and who may delete what.
# Nothing may reach stdout or stderr on success but the answer: containerd parses both together.

# Absolute path of the installation, for a copy of this file elsewhere. Build and install write it.
installed=''

nl='
'
self=$0
case $self in */*) ;; *) self=$(command -v -- "$self") ;; esac
runtime=${0##*/containerd-shim-dunnage-}
runtime=${runtime%-v[0-9]*}
lib=${self%/*}/../lib/dunnage
[ -f "$lib/shim.cjs" ] || { self=$(readlink -f -- "$self") && lib=${self%/*}/../lib/dunnage; }
[ -f "$lib/shim.cjs" ] || lib=${installed:-$lib}
case $lib in /*) ;; *) lib=$PWD/$lib ;; esac

run=${DUNNAGE_RUNTIME_DIR-}
if [ -z "$run" ]; then
  # In a user namespace / belongs to nobody: rootless.
  if [ -O / ] || [ -z "${XDG_RUNTIME_DIR-}" ]; then run=/run/dunnage; else run=$XDG_RUNTIME_DIR/dunnage; fi
fi
config=${DUNNAGE_CONFIG:-/etc/dunnage/config.toml}

# What runtimes and loggers get of our environment, in one line: a daemon passes on its own, so it must be the same. The names are
# those of child-environment.ts. containerd's client of NRI 0.1 appends its directory to containerd's PATH at the first pod: no other PATH.
environment="PATH=${PATH%:/opt/nri/bin}${HOME:+ HOME=$HOME}${TMPDIR:+ TMPDIR=$TMPDIR}${XDG_RUNTIME_DIR:+ XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR}\
${DBUS_SESSION_BUS_ADDRESS:+ DBUS_SESSION_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS}${GODEBUG:+ GODEBUG=$GODEBUG}\
${GOMAXPROCS:+ GOMAXPROCS=$GOMAXPROCS}${TZ:+ TZ=$TZ}${LANG:+ LANG=$LANG}${LC_ADDRESS:+ LC_ADDRESS=$LC_ADDRESS}\
${LC_ALL:+ LC_ALL=$LC_ALL}${LC_COLLATE:+ LC_COLLATE=$LC_COLLATE}${LC_CTYPE:+ LC_CTYPE=$LC_CTYPE}\
${LC_IDENTIFICATION:+ LC_IDENTIFICATION=$LC_IDENTIFICATION}${LC_MEASUREMENT:+ LC_MEASUREMENT=$LC_MEASUREMENT}\
${LC_MESSAGES:+ LC_MESSAGES=$LC_MESSAGES}${LC_MONETARY:+ LC_MONETARY=$LC_MONETARY}${LC_NAME:+ LC_NAME=$LC_NAME}\
${LC_NUMERIC:+ LC_NUMERIC=$LC_NUMERIC}${LC_PAPER:+ LC_PAPER=$LC_PAPER}${LC_TELEPHONE:+ LC_TELEPHONE=$LC_TELEPHONE}\
${LC_TIME:+ LC_TIME=$LC_TIME}"

# parse ARG…: flags as Go's package flag reads them. Fails on what is not containerd's usual: Node then knows what to say.
namespace='' address='' id='' debug=0 action=''
parse() {
  while [ $# -gt 0 ]; do
    case $1 in
      --) shift; break ;;
      --?*) flag=${1#--} ;;
      -?*) flag=${1#-} ;;
      *) break ;;
    esac
    shift
    case $flag in
      *=*) value=${flag#*=} flag=${flag%%=*} ;;
      debug) value=true ;;
      *) [ $# -gt 0 ] || return 1; value=$1; shift ;;
    esac
    case $flag in
      namespace) namespace=$value ;;
      address) address=$value ;;
      id) id=$value ;;
      bundle | publish-binary) ;;
      debug)
        case $value in
          1 | t | T | true | TRUE | True) debug=1 ;;
          0 | f | F | false | FALSE | False) debug=0 ;;
          *) return 1 ;;
        esac
        ;;
      *) return 1 ;;
    esac
  done
  action=${1-}
  # The id names a file, and the working directory is the bundle of that name.
  case $id in '' | . | .. | */* | *"$nl"*) return 1 ;; esac
  [ -n "$namespace" ] && [ "${PWD##*/}" = "$id" ]
}

# started PID: sets $state and $started, the start time that makes a pid unique. The name in /proc/PID/stat may hold anything.
started() {
  { IFS= read -r stat; } 2>/dev/null <"/proc/$1/stat" || return 1
  stat=${stat##*) }
  state=${stat%% *}
  set -- $stat
  started=${20}
}

# alive PID STARTTIME
alive() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  started "$1" && [ "$started" = "$2" ] || return 1
  case $state in Z | X | x) return 1 ;; esac
}

# next VALUE: whether the next line of the standard input is exactly that.
next() {
  IFS= read -r line && [ "$line" = "$1" ]
}

# contents FILE: sets $contents. Files that must be compared this way hold no NUL, which sh would drop.
contents() {
  contents=''
  {
    while IFS= read -r line; do contents=$contents$line$nl; done
    contents=$contents$line
  } 2>/dev/null <"$1"
}

# read_input: what containerd sent, read once, into $input, a file in the bundle.
input=''
read_input() {
  [ -z "$input" ] && [ -e /proc/self/fd/0 ] && ! [ -c /proc/self/fd/0 ] || return 0
  cat 2>/dev/null >dunnage.params || return 1
  input=dunnage.params
}

# same_options: whether the last start of this runtime in the group of $dir came with the same input. Containers of one
# containerd ≥ 2.3 differ in field 1, their id: newline (the tag), one byte of length, the id; params.* hold what follows it.
same_options() {
  if [ -z "$input" ] || ! [ -s "$input" ]; then [ -z "$socket_dir$shim_cgroup" ]; return; fi
  contents "$input" || return 1
  sent=$contents
  contents "$dir/options.$runtime" && [ "$sent" = "$contents" ] && return
  contents "$dir/params.$runtime" && [ -n "$contents" ] || return 1
  case $sent in "$nl"?"$id$contents") ;; *) return 1 ;; esac
}

# same_view PID: whether that process lives in our mount and user namespace.
same_view() {
  [ "/proc/$1/ns/mnt" -ef /proc/self/ns/mnt ] && [ "/proc/$1/ns/user" -ef /proc/self/ns/user ]
}

# config_unchanged: whether the configuration is, file for file, the one that the daemon of $dir has read.
config_unchanged() {
  unchanged "$config" "$dir/config/main" || return 1
  for file in "${config%/*}/conf.d"/*.toml "$dir/config"/*.toml; do
    unchanged "${config%/*}/conf.d/${file##*/}" "$dir/config/${file##*/}" || return 1
  done
}

# unchanged FILE HANDLE: whether it is the file that the daemon holds open by that link, of the time that it had then; or
# both are absent. No clock counts. See config-handles.ts.
unchanged() {
  if [ -e "$1" ]; then [ "$1" -ef "$2" ] && ! [ "$1" -nt "$2.time" ] && ! [ "$1" -ot "$2.time" ]; else ! [ -e "$2" ]; fi
}

# fits REGISTRATION: reads a registration and says whether its daemon is of our group; sets $dir and what is registered.
fits() {
  dir=${1%/*}
  {
    IFS=' ' read -r pid start born && next "$build" && next "$namespace" && next "$address" && next "${TTRPC_ADDRESS-}" \
      && next "debug=$debug sched_core=${SCHED_CORE:+1}" && next "$environment" && IFS= read -r socket_dir && IFS= read -r shim_cgroup && next '' \
      && IFS= read -r socket && IFS= read -r answer
  } 2>/dev/null <"$1" || return 1
  [ -O "$1" ] && runs && same_view "$pid" && config_unchanged && read_input && same_options
}

# runs: whether the process of $dir is there. It keeps a file of its directory open: no other process has that one, whatever
# its pid, and a zombie has none. One stat, where comparing the start time takes a read for every byte of /proc/PID/stat.
runs() {
  [ "/proc/$pid/fd/$born" -ef "$dir/born" ]
}

# join: leaves a claim, then looks again: a daemon that ends withdraws first and looks for claims after that, and one that
# hangs no longer dates its registration ahead.
join() {
  { echo "$runtime" >"$dir/claims/$id"; } 2>/dev/null || return 1
  [ -f "$dir/daemon" ] && ! [ "$dir/daemon" -ot "$dir/claims/$id" ] && runs
}

# in_pod: whether the container may belong to a pod that another daemon has. With one daemon there is no question.
in_pod() {
  for other in "$run"/d/*/daemon "$run"/d/*/closed; do
    [ "$other" = "$dir/daemon" ] || ! [ -f "$other" ] || { grep -q io.kubernetes.cri.sandbox-id config.json 2>/dev/null; return; }
  done
  return 1
}

# answer_from_group: answers and ends, or returns when Node must look.
answer_from_group() {
  for registration in "$run"/d/*/daemon; do
    fits "$registration" || continue
    ! in_pod && join && { printf '%s' "$socket" >address; } 2>/dev/null || return 1
    printf '%s' "$answer"
    exit 0
  done
  return 1
}

# lead: whether it is for us to start the first daemon of this namespace. Only a hint, which spares the others a Node each:
# what decides is the lock that Node takes. Holders are named in the file; containerd may have killed them.
lead() {
  set -C
  { echo "$$ $began" >"$hint"; } 2>/dev/null
  won=$?
  set +C
  [ $won = 0 ] && return
  [ -e "$hint" ] || return 0
  holder='' since=''
  { read -r holder since; } 2>/dev/null <"$hint"
  if [ -n "$holder" ]; then alive "$holder" "$since"; else [ $((tries % 16)) != 15 ]; fi || rm -f -- "$hint"
  return 1
}

# wait_for_group: while somebody else starts the daemon of our group, waits for it; at most about ten seconds.
wait_for_group() {
  hint=''
  case $namespace in *[!A-Za-z0-9._-]*) return ;; esac
  for other in "$run"/d/*/closed; do ! [ -f "$other" ] || return; done
  started $$ || return
  began=$started tries=0 hint=$run/starting.$namespace
  until lead || [ $tries -gt 400 ]; do
    sleep 0.02 2>/dev/null || sleep 1
    tries=$((tries + 1))
    answer_from_group
  done
}

# for_node: the environment of Node. Its own variables must not come from outside. No compile cache: the installation
# brings the code that V8 made of the program, and Node would write into the cache at its end, be it uninstalled by then.
for_node() {
  if ! [ -x "$lib/node" ]; then
    echo "no installation of Dunnage at $lib, which ${0##*/} belongs to: install it again, or call the installed file or a link to it" >&2
    exit 1
  fi
  unset NODE_OPTIONS NODE_PATH NODE_DEBUG NODE_DEBUG_NATIVE NODE_V8_COVERAGE NODE_EXTRA_CA_CERTS NODE_ICU_DATA \
    NODE_REDIRECT_WARNINGS NODE_PRESERVE_SYMLINKS NODE_PRESERVE_SYMLINKS_MAIN NODE_COMPILE_CACHE NODE_CHANNEL_FD \
    NODE_CHANNEL_SERIALIZATION_MODE NODE_UNIQUE_ID NODE_TEST_CONTEXT OPENSSL_CONF UV_USE_IO_URING \
    LD_LIBRARY_PATH LD_PRELOAD DUNNAGE_LAUNCHER
  DUNNAGE_RUNTIME=$runtime DUNNAGE_LIB=$lib DUNNAGE_RUNTIME_DIR=$run DUNNAGE_CONFIG=$config DUNNAGE_STARTING=$hint
  DUNNAGE_ENVIRONMENT=$environment
  DUNNAGE_OPEN_FILES=$(ulimit -Sn)
  export UV_THREADPOOL_SIZE=16 # see native/device-threads.ts
  export DUNNAGE_RUNTIME DUNNAGE_LIB DUNNAGE_RUNTIME_DIR DUNNAGE_CONFIG DUNNAGE_STARTING DUNNAGE_ENVIRONMENT DUNNAGE_OPEN_FILES
}

# start_node ARG…: Node answers from a group, or becomes the daemon and goes on behind our back. Its output, errors and
# warnings included, comes here; the last line is the answer if it says so.
start_node() {
  for_node
  [ -e /proc/self/fd/0 ] || exec </dev/null
  if [ -n "$input" ]; then exec <"$input"; fi
  exec 3<&0
  out=$("$lib/node" --no-warnings --max-semi-space-size=1 "$lib/shim.cjs" "$@" 2>&1 <&3 3<&- &)
  last=${out##*"$nl"}
  case $last in
    'answer '*) printf '%s' "${last#answer }" && exit 0 ;;
  esac
  [ -z "$hint" ] || rm -f -- "$hint"
  printf '%s\n' "${out:-the shim ended before it could say why}" >&2
  exit 1
}

# delete_by_node ARG…: a thread of Node may hang on a device, and then no process can reap Node. So this process does not become Node,
# and Node notifies it when the work is done. Node ends when this process is killed.
delete_by_node() {
  for_node
  export DUNNAGE_LAUNCHER=$$
  trap 'exit 0' USR1
  trap 'exit 1' USR2
  "$lib/node" --no-warnings --max-semi-space-size=1 "$lib/shim.cjs" "$@" &
  wait $!
  exit
}

hint=''
if parse "$@"; then
  case $action in
    start)
      [ -d "$run/d" ] || mkdir -p -m 700 "$run/d" 2>/dev/null
      { IFS= read -r build; } 2>/dev/null <"$lib/build-id" && [ -O "$run" ] && { answer_from_group || wait_for_group; }
      start_node "$@"
      ;;
    delete)
      { IFS= read -r response; } 2>/dev/null <dunnage.deleted
      case ${response:-none} in *[!0-7\\]*) ;; *) printf "$response" && exit 0 ;; esac
      delete_by_node "$@"
      ;;
  esac
fi
# Not a bundle's directory, or flags that only Node understands.
for argument in "$@"; do case $argument in start) start_node "$@" ;; esac; done
for_node
exec "$lib/node" --no-warnings --max-semi-space-size=1 "$lib/shim.cjs" "$@"
