import type { ServiceIdentifier } from "inversify";
import type { OomWatcher } from "../../cgroups/oom.ts";
import type { Publisher } from "../../events/publisher.ts";
import type { HookRunner } from "../../hooks/hook-runner.ts";
import type { FifoLog } from "../../log/fifo-log.ts";
import type { Libc } from "../../native/libc.ts";
import type { CommandRunner } from "../../reaper/command.ts";
import type { Reaper } from "../../reaper/reaper.ts";
import type { Tasks } from "../../task/tasks.ts";
import type { DaemonContext } from "../context.ts";
import type { Runtimes } from "./runtimes.ts";

/** Tokens are registered symbols, so that a plugin's copy of this module names the same parts. */
const token = <T>(name: string): ServiceIdentifier<T> => Symbol.for(`dunnage.${name}`);

/** The parts of a daemon, by which a plugin's `ContainerModule` can replace them. Each is a singleton. */
export const Tokens = {
  Context: token<DaemonContext>("Context"),
  Libc: token<Libc>("Libc"),
  Log: token<FifoLog>("Log"),
  Reaper: token<Reaper>("Reaper"),
  Oom: token<OomWatcher>("Oom"),
  Commands: token<CommandRunner>("Commands"),
  Publisher: token<Publisher>("Publisher"),
  Hooks: token<HookRunner>("Hooks"),
  Runtimes: token<Runtimes>("Runtimes"),
  Tasks: token<Tasks>("Tasks"),
} as const;
