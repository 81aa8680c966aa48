import type { Logger } from "../../log/logger.ts";
import { findExecutable } from "../../reaper/child-environment.ts";
import type { CommandRunner } from "../../reaper/command.ts";
import { Commands } from "../../reaper/command-runner.ts";
import type { Reaper } from "../../reaper/reaper.ts";
import type { Surroundings } from "../context.ts";
import { runtimeLoader } from "./runtime-loader.ts";
import { type RuntimeLoader, Runtimes } from "./runtimes.ts";

/** The dependencies of runtimes. */
export interface RuntimeParts {
  /** The adapters of this program, by name. */
  readonly adapters: RuntimeLoader;
  readonly commands: CommandRunner;
  readonly log: Logger;
}

/** Returns the runtimes of the configuration and of the program. */
export function openRuntimes({ config, env }: Surroundings, { adapters, commands, log }: RuntimeParts): Runtimes {
  return new Runtimes(runtimeLoader(config, adapters), {
    commands,
    log,
    findExecutable: (name) => findExecutable(name, env["PATH"]),
  });
}

/** Returns the commands of this process. `reaper` collects their exits. */
export function openCommands({ libc, env, openFilesLimit }: Surroundings, reaper: Reaper): Commands {
  const entries = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return new Commands({ libc, reaper, env: entries, openFilesLimit: openFilesLimit.soft });
}
