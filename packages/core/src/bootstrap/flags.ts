/** The parsed command line. */
export interface Flags {
  namespace: string;
  address: string;
  id: string;
  bundle: string;
  publishBinary: string;
  socket: string;
  debugSocket: string;
  debug: boolean;
  version: boolean;
  info: boolean;
  /** First argument that is not a flag: `start`, `delete`, or empty. */
  action: string;
}

/** An invalid command line. It results in usage and exit status 2, as with Go's package flag. */
export class UsageError extends Error {
  static {
    UsageError.prototype.name = "UsageError";
  }
}

type TextFlag = "namespace" | "address" | "id" | "bundle" | "publishBinary" | "socket" | "debugSocket";
type SwitchFlag = "debug" | "version" | "info";

const texts: Readonly<Record<string, TextFlag>> = {
  address: "address",
  bundle: "bundle",
  "debug-socket": "debugSocket",
  id: "id",
  namespace: "namespace",
  "publish-binary": "publishBinary",
  socket: "socket",
};
const switches: Readonly<Record<string, SwitchFlag>> = {
  debug: "debug",
  info: "info",
  v: "version",
  version: "version",
};

const truths = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const falsehoods = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/** The text that is printed for an invalid command line. */
export const usage = `usage: [flags] start | delete
  -address PATH         containerd's gRPC socket
  -bundle PATH          bundle of the container (delete)
  -debug                log each call
  -debug-socket PATH    accepted, not used
  -id ID                container
  -info                 read options from standard input, write RuntimeInfo
  -namespace NAME       containerd's namespace
  -publish-binary PATH  accepted, not used
  -socket PATH          without an action: serve on this path instead of descriptor 3
  -v, -version          print the version
`;

/**
 * Parses arguments as Go's package flag does: `-x v`, `-x=v`, `--x v`. A switch takes a value only after `=`. The flags
 * end at the first argument that is not a flag, or after `--`.
 * @throws {UsageError} unknown flag, missing or malformed value.
 * @see https://pkg.go.dev/flag#hdr-Command_line_flag_syntax
 */
export function parseFlags(args: readonly string[]): Flags {
  const flags: Flags = {
    namespace: "",
    address: "",
    id: "",
    bundle: "",
    publishBinary: "",
    socket: "",
    debugSocket: "",
    debug: false,
    version: false,
    info: false,
    action: "",
  };
  let at = 0;
  while (at < args.length) {
    const arg = args[at] ?? "";
    if (arg.length < 2 || !arg.startsWith("-")) break;
    at += 1;
    if (arg === "--") break;
    at += setFlag(flags, arg, args[at]);
  }
  flags.action = args[at] ?? "";
  return flags;
}

/** Sets one flag. Returns how many of the following arguments it consumed. */
function setFlag(flags: Flags, arg: string, following: string | undefined): number {
  const body = arg.slice(arg.startsWith("--") ? 2 : 1);
  const equals = body.indexOf("=");
  const name = equals < 0 ? body : body.slice(0, equals);
  if (name === "" || name.startsWith("-")) throw new UsageError(`bad flag syntax: ${arg}`);
  const attached = equals < 0 ? undefined : body.slice(equals + 1);
  const asSwitch = Object.hasOwn(switches, name) ? switches[name] : undefined;
  if (asSwitch !== undefined) {
    flags[asSwitch] = parseSwitch(name, attached ?? "true");
    return 0;
  }
  const asText = Object.hasOwn(texts, name) ? texts[name] : undefined;
  if (asText === undefined) throw new UsageError(`flag provided but not defined: -${name}`);
  const value = attached ?? following;
  if (value === undefined) throw new UsageError(`flag needs an argument: -${name}`);
  flags[asText] = value;
  return attached === undefined ? 1 : 0;
}

function parseSwitch(name: string, value: string): boolean {
  if (truths.has(value)) return true;
  if (falsehoods.has(value)) return false;
  throw new UsageError(`invalid boolean value "${value}" for -${name}`);
}
