import type { Logger } from "../../log/logger.ts";
import { findExecutable } from "../../reaper/child-environment.ts";
import { Commands } from "../../reaper/command-runner.ts";
import { Reaper } from "../../reaper/reaper.ts";
import type { Surroundings } from "../context.ts";
import { runtimeLoader } from "./runtime-loader.ts";
import { type RuntimeLoader, Runtimes } from "./runtimes.ts";

/** What runs runtimes outside of a daemon: for `delete` and `-info`. */
export interface StandaloneRuntimes extends Disposable {
  readonly commands: Commands;
  readonly runtimes: Runtimes;
}

/** Makes this process the subreaper that a runtime's commands need, as long as the host is not disposed. */
export function openStandaloneRuntimes(
  surroundings: Surroundings,
  log: Logger,
  adapters: RuntimeLoader,
): StandaloneRuntimes {
  const { libc, env, openFilesLimit } = surroundings;
  const reaper = Reaper.open({ libc, log });
  const commands = new Commands({ libc, reaper, env: toEntries(env), openFilesLimit: openFilesLimit.soft });
  const deps = { commands, log, findExecutable: (name: string) => findExecutable(name, env["PATH"]) };
  const runtimes = new Runtimes(runtimeLoader(surroundings.config, adapters), deps);
  return { commands, runtimes, [Symbol.dispose]: () => reaper[Symbol.dispose]() };
}

/** The environment of children in the form that the kernel takes: NAME=value. */
export const toEntries = (env: Readonly<Record<string, string>>): string[] =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`);
