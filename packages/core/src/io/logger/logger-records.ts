import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { unknown } from "../../errors/errors.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { identify, isRunning, type ProcessIdentity, signalIfPresent } from "../../native/proc.ts";

const pollMs = 10;

const recordsPath = (bundle: string): string => join(bundle, "dunnage.loggers");

/** Records a logger in the bundle, as a line `PID STARTTIME`. If the daemon dies, `endRecordedLoggers` reads it. */
export function recordLogger(bundle: string, pid: number): void {
  const logger = identify(pid);
  if (logger === undefined) return;
  const path = recordsPath(bundle);
  try {
    appendFileSync(path, `${pid} ${logger.startTime}\n`, { mode: 0o600 });
  } catch (error) {
    throw unknown(`record logger ${pid} in ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Ends the loggers of a bundle that outlived their daemon. Their writers are gone, so their input has ended. They have
 * a third of the time to exit by themselves, and a third after SIGTERM. Then they get SIGKILL.
 * Returns the pids of those that were still running.
 */
export async function endRecordedLoggers(
  bundle: string,
  options: { readonly timeoutMs: number },
): Promise<readonly number[]> {
  const found = readRecords(bundle).filter((logger) => isRunning(logger));
  const stepMs = options.timeoutMs / 3;
  await untilGone(found, stepMs);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const { pid } of found.filter((logger) => isRunning(logger)))
      signalIfPresent(signal === "SIGKILL" ? -pid : pid, signal);
    await untilGone(found, stepMs);
  }
  return found.map(({ pid }) => pid);
}

function readRecords(bundle: string): ProcessIdentity[] {
  let text: string;
  try {
    text = readFileSync(recordsPath(bundle), "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
  // The last line may be truncated.
  return [...text.matchAll(/^([1-9]\d*) (\d+)$/gm)].map(([, pid, startTime]) => ({
    pid: Number(pid),
    startTime: Number(startTime),
  }));
}

async function untilGone(loggers: readonly ProcessIdentity[], timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (loggers.some((logger) => isRunning(logger)) && performance.now() < deadline) await setTimeout(pollMs);
}
