/**
 * What the containers of a test run, as arguments of a process. A runtime that cannot run a shell supplies its own
 * programs. If it omits one, the cases that need it are omitted too.
 */
export interface Programs {
  /** Writes the texts and exits with the status. */
  print(what: { readonly out: string; readonly err: string; readonly exitStatus: number }): readonly string[];
  /** Sleeps until it is killed. */
  sleep(): readonly string[];
  /** Copies stdin to stdout and exits with 0 at the end of stdin. */
  cat?(): readonly string[];
  /** Writes `ready`, and exits with 3 on SIGTERM. */
  trap?(): readonly string[];
  /** Writes `tick` about twenty times a second, one per line, until it is killed. */
  tick?(): readonly string[];
  /** Writes 0, 1, 2, … about twenty times a second, one per line, and exits with 3 on SIGTERM. */
  count?(): readonly string[];
  /** Computes until it is killed. */
  spin?(): readonly string[];
  /** Starts a process that sleeps with the same streams, and exits with 0. */
  leave?(): readonly string[];
  /** In a terminal: writes `ready`, reads a line, writes `LINE ROWS COLUMNS`, exits with 0. */
  terminal?(): readonly string[];
  /** A program that does not exist. Default: `no-such-program`. */
  missing?(): readonly string[];
}

const shell = (script: string, ...args: string[]): readonly string[] => ["sh", "-c", script, "sh", ...args];

/** Programs for a POSIX shell in the root file system; some also need its `sleep`, `cat` and `stty`. */
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
