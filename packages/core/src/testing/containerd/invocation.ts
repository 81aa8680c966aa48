import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { closeSync, writeSync } from "node:fs";
import { openKoffiLibc } from "../../native/open-libc.ts";
import { wire } from "../../proto/gen/wire.js";
import { defaultPath } from "../../reaper/child-environment.ts";

/** The containerd version that makes the call. Versions differ in environment and standard input. */
export type Dialect = "1.6" | "1.7" | "2.3";

/** One call of a shim's binary. Omitted fields have their defaults. */
export interface Invocation {
  /** Default: `c1`. */
  readonly id?: string;
  /** Default: `1.7`. */
  readonly dialect?: Dialect;
  /** Default: `default`. */
  readonly namespace?: string;
  /** Name of the launcher's runtime. Default: `runc`. */
  readonly runtime?: string;
  readonly debug?: boolean;
  /** Path of containerd's gRPC socket. Default: the fake's own. */
  readonly address?: string;
  /** Path of containerd's ttrpc socket, which receives the events. Default: the fake's own. */
  readonly ttrpcAddress?: string;
  /** Encoded Any for standard input; 2.3 wraps it. */
  readonly options?: Uint8Array;
  readonly socketDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `annotations` of config.json. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The rest of config.json. Default: only the version. */
  readonly spec?: object;
}

/** The result of a call. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** `unix://…` if stdout is exactly that, otherwise empty. */
  readonly address: string;
}

/** Flags that precede the action. */
export function toFlags({ id = "c1", namespace = "default" }: Invocation, address: string): string[] {
  const containerd = ["-address", address, "-publish-binary", "/usr/bin/containerd"];
  return ["-namespace", namespace, ...containerd, "-id", id];
}

/** What containerd writes to standard input of `start`; undefined: nothing at all. */
export function toInput(invocation: Invocation, addresses: Addresses): Uint8Array | undefined {
  const { dialect = "1.7", id = "c1", namespace = "default", options, socketDir = "", debug = false } = invocation;
  if (dialect !== "2.3") return options;
  return wire.BootstrapParams.encode({
    instance_id: id,
    namespace,
    ...(debug ? { log_level: -4 } : {}), // Go omits zero values
    containerd_version: "v2.3.4",
    containerd_ttrpc_address: addresses.ttrpc,
    containerd_grpc_address: addresses.grpc,
    containerd_binary: "/usr/bin/containerd",
    extensions: options === undefined ? [] : [{ value: wire.Any.decode(options) }],
    ...(socketDir === "" ? {} : { socket_dir: socketDir }),
  }).finish();
}

/** Paths of containerd's sockets. */
export interface Addresses {
  readonly grpc: string;
  readonly ttrpc: string;
}

/** The environment of a shim's binary. `own` is what this test adds; the invocation's variables override it. */
export function toEnvironment(
  invocation: Invocation,
  addresses: Addresses,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const { dialect = "1.7", namespace = "default" } = invocation;
  const since17 = { GRPC_ADDRESS: addresses.grpc, NAMESPACE: namespace, MAX_SHIM_VERSION: "2" };
  return {
    PATH: defaultPath,
    ...own,
    GOMAXPROCS: "2",
    TTRPC_ADDRESS: addresses.ttrpc,
    ...(dialect === "1.6" ? {} : since17),
    ...invocation.env,
  };
}

/** Starts a shim's binary in a session of its own, with standard input as Go's os/exec provides it. */
export function spawnShim(
  executable: string,
  args: readonly string[],
  { input, ...options }: Pick<SpawnOptions, "cwd" | "env"> & { readonly input: Uint8Array | undefined },
): ChildProcess {
  using stdin = input === undefined ? undefined : new FilledPipe(input);
  return spawn(executable, args, { ...options, stdio: [stdin?.fd ?? "ignore", "pipe", "pipe"], detached: true });
}

/** Waits until both outputs have ended, as containerd does. */
export async function finish(child: ChildProcess): Promise<Outcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("close", resolve).once("error", reject);
  const status = await promise;
  const out = Buffer.concat(stdout);
  const address = /^unix:\/\/\S+$/.exec(out.toString())?.[0] ?? "";
  return { status, stdout: out, stderr: Buffer.concat(stderr).toString(), address };
}

/** A pipe that contains bytes and has no writer. Node's own "pipe" is a socket. */
class FilledPipe implements Disposable {
  readonly fd: number;

  constructor(bytes: Uint8Array) {
    const [read, write] = openKoffiLibc().pipe();
    this.fd = read;
    writeSync(write, bytes);
    closeSync(write);
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
