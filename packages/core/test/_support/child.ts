import { closeSync, readSync } from "node:fs";
import type { Libc, WaitResult } from "../../src/native/libc.ts";
import { until } from "./until.ts";

/** Spawns `/bin/sh -c script` without waiting for it; returns the pid. */
export const spawnShell = (libc: Libc, script: string): number =>
  libc.spawn("/bin/sh", ["sh", "-c", script], ["PATH=/usr/bin:/bin"], { dup2: [] });

/** Waits for a child by polling. */
export async function ended(libc: Libc, pid: number): Promise<WaitResult> {
  let result: WaitResult | undefined;
  await until(() => {
    result = libc.waitPid(pid);
    return result !== undefined;
  }, `end of ${pid}`);
  return result as WaitResult;
}

/** Runs a program until it exits; returns what it wrote to stdout, and how it ended. */
export async function output(
  libc: Libc,
  argv: readonly [path: string, ...args: string[]],
  env: readonly string[] = [],
) {
  const fd = libc.memfd("output");
  try {
    const pid = libc.spawn(argv[0], argv, env, { dup2: [[fd, 1]] });
    const { exitStatus } = await ended(libc, pid);
    return { pid, exitStatus, text: readAll(fd) };
  } finally {
    closeSync(fd);
  }
}

/** Returns the content of a memory file. */
export function readAll(fd: number): string {
  const buffer = Buffer.alloc(1 << 16);
  return buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, 0));
}
