import { readFileSync } from "node:fs";
import { join } from "node:path";
import { removeCgroups } from "../../cgroups/cgroup-cleanup.ts";
import type { HookRunner } from "../../hooks/chain/hook-runner.ts";
import { podFields } from "../../hooks/event/event.ts";
import { endRecordedLoggers } from "../../io/logger/logger-records.ts";
import type { Logger } from "../../log/logger.ts";
import { unmountRootfs } from "../../mount/rootfs.ts";
import type { Libc } from "../../native/libc.ts";
import { criuWorkPath } from "../../oci/criu/criu-call.ts";
import type { CommandRunner } from "../../reaper/command.ts";
import type { Exit } from "../../reaper/exit.ts";
import { endOutlivedCommands } from "../../reaper/outlived.ts";
import { defaultOptions } from "../../runtime/options.ts";
import type { ContainerRef, Runtime } from "../../runtime/runtime.ts";
import { type OciSpec, readSpec } from "../../spec/bundle.ts";
import { type Journal, readJournal } from "../container/journal.ts";
import { runOwedAfter } from "./owed-hooks.ts";
import { type Clock, TimeBudget } from "./time-budget.ts";

/** Exit status of a container whose shim died: that of SIGKILL, as containerd-shim-runc-v2's `delete` answers. */
const killedStatus = 137;
/**
 * The share of the total time that each step leaves to the later ones, however long it takes: a step that hangs is cut
 * off. If the runtime's step has failed, it is repeated at the end if there is time; otherwise the next `delete` does
 * it. Pending hooks are guaranteed a third, plus what the other steps have not used.
 */
const kept = {
  commands: 8 / 9,
  runtime: 5 / 9,
  cgroups: 4 / 9,
  loggers: 3 / 9,
  beforeHooks: 3 / 9,
  again: 1 / 9,
  end: 0,
} as const;

export interface CleanUpDeps {
  readonly commands: Pick<CommandRunner, "run">;
  readonly log: Logger;
  /** Resolves with undefined if the runtime is no longer known. The clean-up then does what is possible without it. */
  readonly runtimeOf: (name: string) => Promise<Runtime | undefined>;
  /** Loaded only if hooks are pending. */
  readonly hooks: () => Promise<HookRunner>;
  readonly libc: Pick<Libc, "tryLock">;
  /** Default: the system's. */
  readonly clock?: Clock;
}

export interface CleanUpRequest {
  readonly id: string;
  readonly namespace: string;
  readonly bundle: string;
  /** The runtime from the launcher's name. The one in the journal overrides it. */
  readonly runtime: string;
  /** For all steps together, in ms. */
  readonly limitMs: number;
}

/**
 * Removes what a dead daemon left of a container (commands in flight, processes, cgroups, loggers and mounts), runs its
 * pending hooks and returns its exit. It works on an incomplete bundle and on a missing one, and may be repeated. A
 * step that fails or hangs does not prevent the next one.
 *
 * The steps that end processes come first. Hooks run after the unmounts if these are quick, and concurrently with them
 * if they are not.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/manager/manager_linux.go Stop
 */
export async function cleanUp(deps: CleanUpDeps, request: CleanUpRequest): Promise<Exit> {
  const { id, namespace, bundle, limitMs } = request;
  const budget = new TimeBudget(limitMs, deps.clock);
  const journal = readJournal(bundle);
  const exit = toExit(journal, bundle);
  const ref: ContainerRef = { id, namespace, bundle, options: journal?.options ?? defaultOptions };
  /** Resolves with whether the work succeeded. */
  const attempt = async (step: string, work: () => Promise<unknown>): Promise<boolean> => {
    const failed = (error: unknown): false => {
      deps.log.warn("clean-up step failed", { id, step, error });
      return false;
    };
    return await work()
      .then(() => true)
      .catch(failed);
  };
  const upTo = (share: number) => ({ timeoutMs: budget.left(share) });
  const unmount = (place: string) =>
    attempt("mounts", () => budget.spend(kept.end, (signal) => unmountRootfs(place, deps, signal)));
  const name = journal?.runtime ?? request.runtime;
  const forget = (signal: AbortSignal): Promise<void> => deleteFromRuntime(deps, { ref, name }, signal);
  await attempt("commands", () => endOutlivedCommands(bundle, upTo(kept.commands)));
  const isForgotten = await attempt("runtime", () => budget.spend(kept.runtime, forget));
  await attempt("cgroups", async () => removeCgroups(cgroupsPathOf(bundle), upTo(kept.cgroups)));
  const released = Promise.all([
    attempt("loggers", () => endRecordedLoggers(bundle, upTo(kept.loggers))),
    unmount(join(bundle, "rootfs")),
    unmount(criuWorkPath(bundle)),
  ]);
  await budget.spend(kept.beforeHooks, () => released).catch(() => {});
  const ended: Ended = { ref, journal, exit };
  await attempt("hooks", () => budget.spend(kept.end, (signal) => runHooks(deps, ended, signal)));
  await released;
  // The runtime's share may have been too short on a busy machine, and without processes there is less to do. No later
  // call would do it.
  if (!isForgotten && budget.left(kept.again) > 0) await attempt("runtime", () => budget.spend(kept.again, forget));
  return exit;
}

async function deleteFromRuntime(
  deps: CleanUpDeps,
  { ref, name }: { readonly ref: ContainerRef; readonly name: string },
  signal: AbortSignal,
): Promise<void> {
  const runtime = await deps.runtimeOf(name);
  if (runtime === undefined) return deps.log.warn("runtime is not known", { id: ref.id, runtime: name });
  await runtime.delete(ref, { force: true }, signal);
}

function toExit(journal: Journal | undefined, bundle: string): Exit {
  if (journal?.exit !== undefined) return { ...journal.exit, exitedAt: new Date(journal.exit.exitedAt) };
  return { pid: readInitPid(bundle), exitStatus: killedStatus, exitedAt: new Date() };
}

/** Returns init's pid as the runtime wrote it; 0 if the runtime did not get that far. */
function readInitPid(bundle: string): number {
  try {
    const pid = Number.parseInt(readFileSync(join(bundle, "init.pid"), "utf8"), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : 0;
  } catch {
    return 0;
  }
}

function cgroupsPathOf(bundle: string): string {
  return readSpec(bundle).linux?.cgroupsPath ?? "";
}

/** The container whose hooks are pending. */
interface Ended {
  readonly ref: ContainerRef;
  readonly journal: Journal | undefined;
  readonly exit: Exit;
}

async function runHooks(deps: CleanUpDeps, { ref, journal, exit }: Ended, signal: AbortSignal): Promise<void> {
  if (journal === undefined) return;
  const { id, namespace, bundle } = ref;
  const annotations = annotationsOf(bundle);
  const container = {
    id,
    namespace,
    bundle,
    runtime: journal.runtime,
    annotations,
    ...podFields(namespace, annotations),
  };
  const subject = { container, execId: "", exit };
  await runOwedAfter(deps, { bundle, subject }, signal);
}

function annotationsOf(bundle: string): NonNullable<OciSpec["annotations"]> {
  return readSpec(bundle).annotations ?? {};
}
