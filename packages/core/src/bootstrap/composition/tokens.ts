import type { ServiceIdentifier } from "inversify";
import type { OomWatcher } from "../../cgroups/oom.ts";
import type { Publisher } from "../../events/publisher.ts";
import type { HookRunner } from "../../hooks/chain/hook-runner.ts";
import type { OpenIo } from "../../io/open-io-options.ts";
import type { FifoLog } from "../../log/fifo-log.ts";
import type { Libc } from "../../native/libc.ts";
import type { CommandRunner } from "../../reaper/command.ts";
import type { ExitListener } from "../../reaper/exit.ts";
import type { Reaper } from "../../reaper/reaper.ts";
import type { Tasks } from "../../task/tasks.ts";
import type { DaemonContext } from "../context.ts";
import type { Runtimes } from "../runtimes/runtimes.ts";

/** Tokens are registered symbols, so that a plugin's copy of this module names the same parts. */
const token = <T>(name: string): ServiceIdentifier<T> => Symbol.for(`dunnage.${name}`);

/**
 * The parts of a daemon. Each is a singleton, created when it is first needed, which is after the modules of all
 * plugins have been loaded. A plugin's `ContainerModule` may replace `Publisher`, `Stdio` and `ExitListener` (rebind),
 * or wrap them (onActivation). The others are for use by the replacements.
 */
export const Tokens = {
  Context: token<DaemonContext>("Context"),
  Libc: token<Libc>("Libc"),
  Log: token<FifoLog>("Log"),
  Reaper: token<Reaper>("Reaper"),
  ExitListener: token<ExitListener>("ExitListener"),
  Oom: token<OomWatcher>("Oom"),
  Commands: token<CommandRunner>("Commands"),
  Publisher: token<Publisher>("Publisher"),
  Stdio: token<OpenIo>("Stdio"),
  Hooks: token<HookRunner>("Hooks"),
  Runtimes: token<Runtimes>("Runtimes"),
  Tasks: token<Tasks>("Tasks"),
} as const;
