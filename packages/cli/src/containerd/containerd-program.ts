import { execFile } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { isExecutable } from "@dunnage/core/internal";
import { defaultConfigPath } from "./containerd-config.ts";

/** A containerd that is installed on a host. */
export interface ContainerdProgram {
  readonly path: string;
  /** `1.6.20~ds1`; empty: it reports none. */
  readonly version: string;
  readonly major: number | undefined;
}

/** A running containerd. */
export interface ContainerdProcess {
  readonly pid: number;
  /** Path of its executable. */
  readonly path: string;
  /** Its search path, in which it looks for shims. */
  readonly searchPath: string;
}

/** The PATH that systemd gives to a service without one. @see systemd.exec(5) */
export const serviceSearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Asks a containerd for its version. */
export async function readVersion(path: string): Promise<ContainerdProgram> {
  const { stdout } = await promisify(execFile)(path, ["--version"], { timeout: 10_000 });
  const [, version = "", major] = /\sv?((\d+)\.\d+\.\d+\S*)/.exec(stdout) ?? [];
  return { path, version, major: major === undefined ? undefined : Number(major) };
}

/** Returns the first executable of that name on a search path. */
export function findExecutable(name: string, searchPath: string): string | undefined {
  if (name.includes("/")) return isExecutable(name) ? name : undefined;
  const dirs = searchPath.split(delimiter).filter((dir) => dir !== "");
  return dirs.map((dir) => join(dir, name)).find(isExecutable);
}

/** Returns the containerd that runs with the configuration `configPath`. @param proc where procfs is mounted. */
export function findProcess(configPath: string, proc = "/proc"): ContainerdProcess | undefined {
  for (const pid of readdirSync(proc).filter((name) => /^\d+$/.test(name))) {
    const found = attempt(() => readProcess(join(proc, pid), Number(pid), configPath));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Returns where a containerd looks for the executable of a runtime: its search path, then the directory of its own
 * executable.
 */
export function shimSearchPath(process: ContainerdProcess | undefined, program: string | undefined): string {
  const path = process?.searchPath ?? serviceSearchPath;
  return program === undefined ? path : `${path}${delimiter}${dirname(program)}`;
}

function readProcess(dir: string, pid: number, configPath: string): ContainerdProcess | undefined {
  const args = readFileSync(join(dir, "cmdline"), "utf8").split("\0");
  if (basename(args[0] ?? "") !== "containerd") return undefined;
  const given = args.flatMap((arg, i) => {
    if (arg === "--config" || arg === "-c") return args[i + 1] ?? [];
    return arg.startsWith("--config=") ? arg.slice("--config=".length) : [];
  });
  const config = resolve(readlinkSync(join(dir, "cwd")), given.at(-1) ?? defaultConfigPath);
  if (config !== resolve(configPath)) return undefined;
  const env = readFileSync(join(dir, "environ"), "utf8").split("\0");
  const searchPath = env.find((entry) => entry.startsWith("PATH="))?.slice("PATH=".length);
  return { pid, path: readlinkSync(join(dir, "exe")), searchPath: searchPath ?? serviceSearchPath };
}

/** Returns undefined if reading fails: processes end while they are being read, or belong to another user. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
