/**
 * Command lines of an OCI runtime, in the form that runc, crun and runsc share and that containerd's shim uses.
 * Wrappers of runc parse this form: a flag and its value are two words. Paths are absolute, signals are decimal (crun
 * ignores signal names that it does not know). Pure.
 * @see https://github.com/containerd/go-runc/blob/main/runc.go
 */

/** A command's name and its arguments, without the global flags. */
export type OciArgs = [verb: string, ...rest: string[]];

/** Flags before the command's name. */
export interface GlobalFlags {
  /** State root, namespace included. */
  readonly root: string;
  /** File to which the runtime writes its log as JSON records; absent: it logs to stderr as text. */
  readonly logFile?: string | undefined;
  readonly systemdCgroup: boolean;
  /** As `OciDialect.joinsGlobalFlags`. */
  readonly areJoined?: boolean | undefined;
}

export function globalArgs(flags: GlobalFlags): string[] {
  const { root, logFile, systemdCgroup, areJoined = false } = flags;
  const values = [
    ["--root", root],
    ...(logFile === undefined
      ? []
      : [
          ["--log", logFile],
          ["--log-format", "json"],
        ]),
  ];
  const args = areJoined ? values.map((pair) => pair.join("=")) : values.flat();
  return systemdCgroup ? [...args, "--systemd-cgroup"] : args;
}

/** Flags of a command that creates a process. */
export interface ProcessFlags {
  /** File to which the runtime writes the new process's pid. */
  readonly pidFile: string;
  /** Unix socket to which the runtime sends the master of a new pty. */
  readonly consoleSocket?: string | undefined;
  /** Flags that only this runtime knows. */
  readonly extra: readonly string[];
}

/** `create`: creates the container and its init process. */
export function createArgs(id: string, bundle: string, flags: ProcessFlags): OciArgs {
  return ["create", "--bundle", bundle, ...processArgs(flags), id];
}

export function startArgs(id: string): OciArgs {
  return ["start", id];
}

/** `exec`, detached: the runtime exits as soon as the process runs. `processFile` holds the OCI process object. */
export function execArgs(id: string, processFile: string, flags: ProcessFlags): OciArgs {
  return ["exec", "--process", processFile, "--detach", ...processArgs(flags), id];
}

export function killArgs(id: string, signal: number, all: boolean): OciArgs {
  return ["kill", ...(all ? ["--all"] : []), id, String(signal)];
}

export function deleteArgs(id: string, force: boolean): OciArgs {
  return ["delete", ...(force ? ["--force"] : []), id];
}

export function stateArgs(id: string): OciArgs {
  return ["state", id];
}

export function psArgs(id: string): OciArgs {
  return ["ps", "--format", "json", id];
}

export function pauseArgs(id: string): OciArgs {
  return ["pause", id];
}

export function resumeArgs(id: string): OciArgs {
  return ["resume", id];
}

/** The resources are passed on standard input. */
export function updateArgs(id: string): OciArgs {
  return ["update", "--resources", "-", id];
}

/** Flags that `checkpoint` and `restore` have in common. */
export interface ImageFlags {
  readonly imagePath: string;
  /** Directory for CRIU's log. */
  readonly workPath: string;
  readonly flags: readonly string[];
}

/** `checkpoint`: writes the image of a container. */
export function checkpointArgs(id: string, { imagePath, workPath, flags }: ImageFlags): OciArgs {
  return ["checkpoint", "--image-path", imagePath, "--work-path", workPath, ...flags, id];
}

/** `restore`, detached: creates a container from an image. */
export function restoreArgs(id: string, bundle: string, options: ImageFlags & Omit<ProcessFlags, "extra">): OciArgs {
  const { imagePath, workPath, flags } = options;
  const paths = ["--bundle", bundle, "--image-path", imagePath, "--work-path", workPath];
  return ["restore", ...paths, "--detach", ...processArgs({ ...options, extra: flags }), id];
}

function processArgs(flags: ProcessFlags): string[] {
  const args = ["--pid-file", flags.pidFile];
  if (flags.consoleSocket !== undefined) args.push("--console-socket", flags.consoleSocket);
  return [...args, ...flags.extra];
}
