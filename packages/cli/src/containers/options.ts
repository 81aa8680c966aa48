import { delimiter, join } from "node:path";
import type { CommandContext } from "../command.ts";
import { defaultRoot } from "./store.ts";

/** Options of every command that deals with containers, as `.option(…)` takes them. */
export const rootOption = ["--root <dir>", "directory of the containers' state and output", defaultRoot] as const;
export const namespaceOption = ["--namespace <name>", "namespace of the containers", "dunnage"] as const;

/**
 * Exit status if the command itself fails, for commands that otherwise return the exit status of a container. As in
 * docker.
 */
export const failureStatus = 125;

/** Returns the directories in which launchers are looked up: the one of this command, then the search path. */
export function launcherDirectories({ libDir, env }: CommandContext): string[] {
  return [join(libDir, "../../bin"), ...(env["PATH"] ?? "").split(delimiter).filter((path) => path.startsWith("/"))];
}
