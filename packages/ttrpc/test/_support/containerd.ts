import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text as streamText } from "node:stream/consumers";
import { promisify } from "node:util";
import { openTempDir } from "./temp-dir.ts";
import { until } from "./until.ts";

const run = promisify(execFile);

/** A private containerd, with its own root, state and sockets. */
export interface Containerd extends AsyncDisposable {
  /** The gRPC socket. */
  readonly address: string;
  /** The ttrpc socket, to which shims publish events. */
  readonly ttrpcAddress: string;
  readonly directory: string;
}

/** Returns why containerd cannot run here, or undefined if it can. */
export function whyNoContainerd(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  const needed = ["/usr/bin/containerd", "/usr/bin/containerd-shim-runc-v2", "/usr/sbin/runc"];
  const missing = needed.filter((path) => !existsSync(path));
  return missing.length > 0 ? `needs the Debian packages containerd and runc (no ${missing.join(", ")})` : undefined;
}

/** Starts containerd and waits until it responds. */
export async function openContainerd(): Promise<Containerd> {
  const temp = openTempDir();
  const directory = temp.path;
  const address = join(directory, "c.sock");
  const config = join(directory, "config.toml");
  writeFileSync(
    config,
    `version = 2
root = "${directory}/root"
state = "${directory}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "${address}"
`,
  );
  const daemon = spawn("/usr/bin/containerd", ["-c", config, "-l", "error"], { stdio: "ignore" });
  const answers = () => run("/usr/bin/ctr", ["-a", address, "version"]).then(always, never);
  try {
    await until(answers, "containerd answers");
  } catch (error) {
    await end(daemon);
    throw error;
  }
  return {
    address,
    ttrpcAddress: `${address}.ttrpc`,
    directory,
    [Symbol.asyncDispose]: async () => {
      await end(daemon);
      temp[Symbol.dispose]();
    },
  };
}

/** A running Go shim; its Shutdown call ends it. */
export interface GoShim extends Disposable {
  /** The address that it printed. */
  readonly address: string;
}

/** Starts a Go shim by hand in its own bundle, as containerd would. */
export async function startGoShim(containerd: Containerd, id: string): Promise<GoShim> {
  const temp = openTempDir();
  writeFileSync(join(temp.path, "config.json"), '{"ociVersion":"1.0.2"}');
  await run("mkfifo", [join(temp.path, "log")]);
  const log = openSync(join(temp.path, "log"), "r+"); // the shim needs a reader to start
  const flags = ["-namespace", "t", "-address", containerd.address, "-id", id, "start"];
  const env = { ...process.env, TTRPC_ADDRESS: containerd.ttrpcAddress };
  // The shim that this command leaves behind inherits stderr. If stderr were a pipe, the command would never seem to
  // end.
  const stdio = ["ignore", "pipe", "ignore"] as const;
  const child = spawn("/usr/bin/containerd-shim-runc-v2", flags, { cwd: temp.path, env, stdio: [...stdio] });
  const output = await streamText(child.stdout as Readable);
  const dispose = () => {
    closeSync(log);
    temp[Symbol.dispose]();
  };
  return { address: output.trim(), [Symbol.dispose]: dispose };
}

/** Whether a process runs. A zombie, which only its parent can reap, does not count. */
export function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}

const always = () => true;
const never = () => false;

async function end(daemon: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => daemon.once("exit", resolve));
  if (daemon.exitCode !== null) return;
  daemon.kill("SIGTERM");
  await exited;
}
