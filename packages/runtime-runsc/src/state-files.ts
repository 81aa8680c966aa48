import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ContainerRef } from "@dunnage/core";
import { defaultRoot } from "./runsc-dialect.ts";

/** Whether runsc has state for a container with this id. */
export function isKnown(container: ContainerRef): boolean {
  return namesOf(container).some((name) => name.endsWith(".state"));
}

/**
 * Removes the files that runsc leaves behind for containers that it no longer knows: the lock, which a command creates
 * again if it runs while another one deletes the container, and the socket of a sandbox that was killed.
 */
export function removeTraces(...containers: readonly ContainerRef[]): void {
  for (const container of containers.filter((each) => !isKnown(each))) {
    const names = [...namesOf(container), `runsc-${container.id}.sock`];
    for (const name of names) rmSync(join(rootOf(container), name), { force: true });
  }
}

const rootOf = ({ options, namespace }: ContainerRef): string => join(options.root || defaultRoot, namespace);

/** Returns the names `ID_sandbox:SANDBOX.state` and `….lock`, if they exist. */
function namesOf(container: ContainerRef): string[] {
  try {
    return readdirSync(rootOf(container)).filter((name) => name.startsWith(`${container.id}_sandbox:`));
  } catch {
    return []; // no container yet
  }
}
