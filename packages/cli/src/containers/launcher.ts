import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { invalidArgument, notFound, unknown } from "@dunnage/core";
import { suggestion, wire } from "@dunnage/core/client";
import { isExecutable } from "@dunnage/core/internal";
import type { CommandContext } from "../command.ts";
import { toDate } from "./timestamp.ts";

const ours = /^containerd-shim-dunnage-(.+)-v1$/;

/**
 * Returns the path of a runtime's launcher. `runtime` is a name of ours (`runc`), one of containerd's
 * (`io.containerd.dunnage-runc.v1`), or the absolute path of a launcher.
 * @param directories where to look, in this order.
 * @throws {StatusError} NotFound – there is no such launcher; the message lists the existing ones; InvalidArgument – a
 * relative path.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/README.md
 */
export function findLauncher(runtime: string, directories: readonly string[]): string {
  if (isAbsolute(runtime)) {
    if (isExecutable(runtime)) return runtime;
    throw notFound(`runtime ${runtime}: no such executable file`);
  }
  if (runtime === "" || runtime.includes("/")) throw invalidArgument(`runtime ${JSON.stringify(runtime)} is no name`);
  const [version = "", name] = runtime.split(".").reverse();
  const file = `containerd-shim-${name === undefined ? `dunnage-${runtime}-v1` : `${name}-${version}`}`;
  const found = directories.map((directory) => join(directory, file)).find(isExecutable);
  if (found !== undefined) return found;
  const known = knownRuntimes(directories);
  const list = known.length === 0 ? "none is installed" : `there are: ${known.join(", ")}`;
  throw notFound(`runtime ${runtime}: there is no ${file}${suggestion(runtime, known)}; ${list}`);
}

/** Returns the short names of the runtimes whose launchers are in the directories. */
export function knownRuntimes(directories: readonly string[]): string[] {
  const names = directories.flatMap((directory) => {
    const isDirectory = statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false;
    const files = isDirectory ? readdirSync(directory) : [];
    return files
      .filter((file) => ours.test(file) && isExecutable(join(directory, file)))
      .flatMap((file) => ours.exec(file)?.[1] ?? []);
  });
  return [...new Set(names)].sort();
}

/** A container and the launcher that is responsible for it. */
export interface Launch {
  /** Absolute path. */
  readonly launcher: string;
  /** Directory of the container. Its last component is the id. */
  readonly directory: string;
  readonly id: string;
  /** The namespace for the shim. */
  readonly namespace: string;
  readonly env: CommandContext["env"];
}

/**
 * Executes the launcher's `start` as containerd does, and returns the address of the daemon that takes the container.
 * @throws {StatusError} Unknown – the launcher failed; the message is the launcher's own.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/runtime/v2/binary.go Start
 */
export async function startShim(launch: Launch, signal: AbortSignal): Promise<string> {
  const { status, stdout, stderr } = await execute(launch, ["start"], signal);
  const output = `${stdout}${stderr}`.trim();
  if (status !== 0) throw unknown(`${launch.launcher} start failed: ${output || `exit status ${status}`}`);
  return parseAnswer(output);
}

/**
 * Returns the address in a launcher's answer: `unix://PATH`, or JSON with that address if the configuration says so.
 */
function parseAnswer(output: string): string {
  try {
    return String(JSON.parse(output).address);
  } catch {
    return output;
  }
}

/**
 * Executes the launcher's `delete` as containerd does: it cleans up after a container, whatever has become of the
 * daemon. May be repeated.
 * @returns how init ended; SIGKILL's status if that is unknown.
 * @throws {StatusError} Unknown – the launcher failed; the message is the launcher's own.
 */
export async function deleteByShim(launch: Launch): Promise<{ status: number; exitedAt: Date }> {
  const { status, stdout, stderr } = await execute(launch, ["-bundle", launch.directory, "delete"]);
  if (status !== 0) throw unknown(`${launch.launcher} delete failed: ${stderr.trim() || `exit status ${status}`}`);
  const response = wire.DeleteResponse.decode(Buffer.from(stdout, "latin1"));
  return { status: response.exit_status, exitedAt: toDate(response.exited_at) };
}

interface Outcome {
  readonly status: number | null;
  /** In latin1: each character is one byte. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Executes a launcher in a session of its own, so that Ctrl-C at our terminal does not reach it: this process decides
 * what Ctrl-C means.
 */
function execute(launch: Launch, action: readonly string[], signal?: AbortSignal): Promise<Outcome> {
  const { launcher, directory, id, namespace, env } = launch;
  const flags = ["-namespace", namespace, "-address", "", "-publish-binary", "", "-id", id];
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const child = spawn(launcher, [...flags, ...action], {
    cwd: directory,
    env: shimEnvironment(env),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal && { signal, killSignal: "SIGKILL" }),
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("latin1").on("data", (chunk: string) => {
      output[name] += chunk;
    });
  }
  child
    .once("error", (cause) => reject(unknown(`${launcher}: ${cause.message}`, { cause })))
    .once("close", (status) => resolve({ status, ...output }));
  return promise;
}

/**
 * Returns the environment of a shim without containerd. No containerd receives its events, so the variables of a
 * containerd that started this process are removed.
 */
function shimEnvironment(env: CommandContext["env"]): CommandContext["env"] {
  const { TTRPC_ADDRESS: _ttrpc, GRPC_ADDRESS: _grpc, NAMESPACE: _namespace, ...rest } = env;
  return { ...rest, GOMAXPROCS: "2", MAX_SHIM_VERSION: "2" };
}
