import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** Search path for commands if the environment has no PATH: the default of sudo and Debian. */
export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Variables that OCI runtimes and mount programs are meant to see. XDG_RUNTIME_DIR and the bus address are for rootless
 * state and systemd cgroups. GOMAXPROCS and GODEBUG are an administrator's settings for runtimes written in Go.
 */
const locale =
  "ADDRESS ALL COLLATE CTYPE IDENTIFICATION MEASUREMENT MESSAGES MONETARY NAME NUMERIC PAPER TELEPHONE TIME";

/**
 * The names of all variables that children get. The launcher has the same list: it does not reuse a daemon that has a
 * different environment.
 */
export const passedOn: ReadonlySet<string> = new Set([
  "DBUS_SESSION_BUS_ADDRESS",
  "GODEBUG",
  "GOMAXPROCS",
  "HOME",
  "LANG",
  "PATH",
  "TMPDIR",
  "TZ",
  "XDG_RUNTIME_DIR",
  ...locale.split(" ").map((category) => `LC_${category}`),
]);

/**
 * Returns the environment of the shim's children as "NAME=value". Variables that are not known to be wanted are
 * omitted: NODE_* and LD_* would change programs, NOTIFY_SOCKET and LISTEN_* switch runc and crun into systemd modes,
 * and TTRPC_ADDRESS, tokens and proxies do not concern any child.
 */
export function childEnvironment(env: Readonly<Record<string, string | undefined>>): string[] {
  const wanted = Object.entries(env).filter(([name]) => passedOn.has(name));
  const withPath = Object.entries({ PATH: defaultPath, ...Object.fromEntries(wanted.filter(([, value]) => value)) });
  return withPath.map(([name, value]) => `${name}=${value}`);
}

/**
 * Returns the absolute path of an executable file, as execvp(3) would find it, or undefined.
 * Relative parts of `path` are ignored: the working directory of a shim is no place for programs.
 */
export function findExecutable(name: string, path: string = defaultPath): string | undefined {
  if (name.includes("/")) return isAbsolute(name) && isExecutable(name) ? name : undefined;
  const candidates = path
    .split(":")
    .filter(isAbsolute)
    .map((folder) => join(folder, name));
  return name === "" ? undefined : candidates.find(isExecutable);
}

/** Whether `path` is a file that this process may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
