import { lstatSync } from "node:fs";
import type { HookEvent } from "@dunnage/core";
import { type HostPath, parseHostFile, parseStdioUri } from "@dunnage/core/internal";
import type { HostSources } from "./host-sources.ts";
import { plainPath } from "./spec.ts";

/** Where output may go in addition to FIFOs. */
export interface LogConfig {
  /** Directories in which output may be written to a file. */
  readonly log_dirs: readonly string[];
  /** Programs that may be started to receive the output, as absolute paths. */
  readonly loggers: readonly string[];
}

/**
 * Returns what is wrong with the destination of a process's output; undefined: nothing. It matters because root writes
 * there.
 */
export async function judgeStreams(
  { stdout, stderr }: HookEvent<"preExec">["stdio"],
  sources: HostSources,
  config: LogConfig,
): Promise<string | undefined> {
  for (const uri of new Set([stdout, stderr])) {
    const reason = uri === "" ? undefined : await judgeUri(uri, sources, config);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

async function judgeUri(
  uri: string,
  sources: HostSources,
  { log_dirs, loggers }: LogConfig,
): Promise<string | undefined> {
  const { scheme, path: plain } = parseStdioUri(uri);
  if (scheme === "binary") {
    const { path: program } = parseHostFile(uri);
    return loggers.includes(plainPath(program) ?? "") ? undefined : `runs ${program} on the host, as its logger`;
  }
  if (scheme !== "fifo" && scheme !== "file") return `sends its output to ${scheme}:`;
  const path = scheme === "file" ? parseHostFile(uri).path : plain;
  const found = await sources.resolve(path);
  if (typeof found === "string") return `writes its output to ${path} of the host: ${found}`;
  if (scheme === "fifo" && isFifo(found)) return undefined;
  return sources.isIn(found, await sources.resolveAll(log_dirs))
    ? undefined
    : `writes its output to ${found.path} of the host`;
}

/**
 * Whether a path is a FIFO. A path on a file system that may not answer is not looked at, and does not count as one.
 */
function isFifo({ path, isLocal }: HostPath): boolean {
  return isLocal && (lstatSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false);
}
