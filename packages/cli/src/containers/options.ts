import { delimiter, join } from "node:path";
import type { CommandContext } from "../command.ts";
import { defaultRoot } from "./store.ts";

/** Options of every command that deals with containers, as `.option(…)` takes them. */
export const rootOption = ["--root <dir>", "directory of the containers' state and output", defaultRoot] as const;
export const namespaceOption = ["--namespace <name>", "namespace of the containers", "dunnage"] as const;

/** Exit status of a command that hands on a container's when it is the command itself that failed. As with docker. */
export const failureStatus = 125;

/** Where launchers are looked for: beside this command, then on the search path. */
export function launcherDirectories({ libDir, env }: CommandContext): string[] {
  return [join(libDir, "../../bin"), ...(env["PATH"] ?? "").split(delimiter).filter((path) => path.startsWith("/"))];
}
