/**
 * What the containers of a test run, as arguments of a process. A runtime that runs no shell brings its own; what it has no
 * program for is left out, and so are the cases that need it.
 */
export interface Programs {
  /** Writes the texts and ends with the status. */
  print(what: { readonly out: string; readonly err: string; readonly exitStatus: number }): readonly string[];
  /** Sleeps until it is killed. */
  sleep(): readonly string[];
  /** Copies stdin to stdout and ends with 0 at the end of stdin. */
  cat?(): readonly string[];
  /** Writes `ready`, and ends with 3 when SIGTERM comes. */
  trap?(): readonly string[];
  /** Writes `tick`, a line each time, some twenty times a second, until it is killed. */
  tick?(): readonly string[];
  /** Writes 0, 1, 2, …, a line each, some twenty times a second, and ends with 3 when SIGTERM comes. */
  count?(): readonly string[];
  /** Computes until it is killed. */
  spin?(): readonly string[];
  /** Starts a process that sleeps with the same streams, and ends with 0. */
  leave?(): readonly string[];
  /** In a terminal: writes `ready`, reads a line, writes `LINE ROWS COLUMNS`, ends with 0. */
  terminal?(): readonly string[];
  /** One that is not there. Default: `no-such-program`. */
  missing?(): readonly string[];
}

const shell = (script: string, ...args: string[]): readonly string[] => ["sh", "-c", script, "sh", ...args];

/** Programs of a POSIX shell in the root file system, and of `sleep`, `cat` and `stty` for some. */
export const shellPrograms: Required<Programs> = {
  print: ({ out, err, exitStatus }) =>
    shell('printf %s "$1"; printf %s "$2" >&2; exit "$3"', out, err, String(exitStatus)),
  sleep: () => ["sleep", "1000"],
  cat: () => ["cat"],
  trap: () => shell("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done"),
  tick: () => shell("while :; do echo tick; sleep 0.05; done"),
  count: () => shell("trap 'exit 3' TERM; i=0; while :; do echo $i; i=$((i + 1)); sleep 0.05; done"),
  spin: () => shell("while :; do :; done"),
  leave: () => shell("sleep 1000 & exit 0"),
  terminal: () => shell('echo ready; read line; echo "$line $(stty size)"'),
  missing: () => ["no-such-program"],
};
