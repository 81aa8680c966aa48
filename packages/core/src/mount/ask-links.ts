import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { failedPrecondition } from "../errors/errors.ts";
import { type LinkQuestion, toText } from "./walk-path.ts";

/**
 * Prints the target of each argument, or nothing if it is not a link, each followed by a NUL. Without readlink(1) there
 * is no answer.
 */
const script = 'for path; do readlink -n -- "$path"; [ $? -le 1 ] || exit; printf "\\0"; done';

/** File systems that have not answered, for as long as the process that asked them runs. */
const silent = new Set<string>();

/**
 * Asks a file system that may not answer for the targets of links, in a separate process. A signal does not end a
 * process that waits for such a server, so the process is left behind after `limitMs`. Until it ends, its file system
 * is not asked again.
 * @throws {StatusError} FailedPrecondition – no answer.
 */
export async function askLinks({ paths, device }: LinkQuestion, limitMs: number): Promise<readonly string[]> {
  const noAnswer = failedPrecondition(`${paths[0]}: its file system does not answer`);
  if (silent.has(device)) throw noAnswer;
  const env = { PATH: "/usr/bin:/bin:/run/current-system/sw/bin", LC_ALL: "C" };
  const options: SpawnOptions = { cwd: "/", env, detached: true, stdio: ["ignore", "pipe", "ignore"] };
  const child = spawn("/bin/sh", ["-c", script, "sh", ...paths], options);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    silent.add(device);
    leave(child, () => silent.delete(device));
    late.reject(noAnswer);
  }, limitMs);
  try {
    const targets = (await Promise.race([readOutput(child), late.promise])).map((target, i) =>
      toText(target, paths[i] ?? ""),
    );
    if (targets.length !== paths.length) throw noAnswer;
    return targets;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Kills the process group of `child` and does not wait for its end. `ended` is called when the last process of the
 * group has closed the pipe.
 */
function leave(child: ChildProcess, ended: () => void): void {
  child.once("close", ended);
  child.unref();
  (child.stdout as Socket | null)?.unref();
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, "SIGKILL");
}

/** Resolves with what `child` prints until it ends, split at each NUL. */
function readOutput(child: ChildProcess): Promise<readonly Buffer[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Buffer[]>();
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => void chunks.push(chunk));
  child.once("error", (error) => reject(failedPrecondition(`/bin/sh: ${error.message}`)));
  child.once("close", () => resolve(splitAtNul(Buffer.concat(chunks))));
  return promise;
}

function splitAtNul(output: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0, end = output.indexOf(0); end >= 0; start = end + 1, end = output.indexOf(0, start)) {
    parts.push(output.subarray(start, end));
  }
  return parts;
}
