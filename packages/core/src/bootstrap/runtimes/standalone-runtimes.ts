import type { Logger } from "../../log/logger.ts";
import type { Commands } from "../../reaper/command-runner.ts";
import { Reaper } from "../../reaper/reaper.ts";
import type { Surroundings } from "../context.ts";
import { openCommands, openRuntimes } from "./open-runtimes.ts";
import type { RuntimeLoader, Runtimes } from "./runtimes.ts";

/** Runtimes outside of a daemon, with their commands: for `delete` and `-info`. */
export interface StandaloneRuntimes extends Disposable {
  readonly commands: Commands;
  readonly runtimes: Runtimes;
}

/**
 * Opens runtimes outside of a daemon. Until the result is disposed, this process is the subreaper that a runtime's
 * commands need.
 */
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
