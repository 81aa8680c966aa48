import type { Logger } from "../../log/logger.ts";
import type { Commands } from "../../reaper/command-runner.ts";
import { Reaper } from "../../reaper/reaper.ts";
import type { Surroundings } from "../context.ts";
import { openCommands, openRuntimes } from "./open-runtimes.ts";
import type { RuntimeLoader, Runtimes } from "./runtimes.ts";

/** Runtimes outside of a daemon, with the commands that they run: for `delete` and `-info`. */
export interface StandaloneRuntimes extends Disposable {
  readonly commands: Commands;
  readonly runtimes: Runtimes;
}

/** Makes this process the subreaper that a runtime's commands need, until the result is disposed. */
export function openStandaloneRuntimes(
  surroundings: Surroundings,
  log: Logger,
  adapters: RuntimeLoader,
): StandaloneRuntimes {
  const reaper = Reaper.open({ libc: surroundings.libc, log });
  const commands = openCommands(surroundings, reaper);
  const runtimes = openRuntimes(surroundings, { adapters, commands, log });
  return { commands, runtimes, [Symbol.dispose]: () => reaper[Symbol.dispose]() };
}
