import { realpathSync } from "node:fs";
import { removeCgroups } from "../cgroups/cgroup-cleanup.ts";
import { endOutlivedCommands } from "../reaper/outlived.ts";
import type { ContainerRef, Runtime } from "../runtime/runtime.ts";
import { readSpec } from "../spec/bundle.ts";
import { stateArgs } from "./argv.ts";
import type { OciCommandLine } from "./oci-command.ts";
import { readPidFile } from "./pid-file.ts";

// Far more than it needs; a hung runtime must not hold the container's lock for ever.
const timeoutMs = 10_000;

/**
 * Removes what is left of an interrupted `create`, or of a failed `restore` (crun leaves cgroups): the runtime's
 * half-made init, its state, its cgroups. A container with this id that belongs to another bundle is left alone: the
 * call would have failed anyway.
 */
export async function undoCreate(
  container: ContainerRef,
  runtime: Pick<Runtime, "delete">,
  commands: OciCommandLine,
): Promise<void> {
  await endOutlivedCommands(container.bundle, { timeoutMs });
  const signal = AbortSignal.timeout(timeoutMs);
  const { stdout } = await commands.run({ args: stateArgs(container.id), container }, signal);
  const bundle = parseBundle(stdout);
  if (bundle !== undefined && canonical(bundle) !== canonical(container.bundle)) return;
  await runtime.delete(container, { force: true }, signal);
  await removeCgroups(readSpec(container.bundle).linux?.cgroupsPath ?? "", { timeoutMs });
}

/** Ends the process of an `exec` that was interrupted after the runtime had written its pid. */
export function undoExec(pidFile: string): void {
  try {
    process.kill(readPidFile(pidFile), "SIGKILL");
  } catch {
    // No pid yet: the runtime's half-made process ends together with the runtime.
  }
}

/** The bundle in the output of `state`; undefined if the runtime knows no such container. */
function parseBundle(stdout: string): string | undefined {
  try {
    const { bundle } = JSON.parse(stdout) as { bundle?: unknown };
    return typeof bundle === "string" ? bundle : undefined;
  } catch {
    return undefined;
  }
}

function canonical(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
