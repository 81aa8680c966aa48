import { readFileSync } from "node:fs";
import { join } from "node:path";
import { podFields } from "../../hooks/event.ts";
import type { HookRunner } from "../../hooks/hook-runner.ts";
import { endRecordedLoggers } from "../../io/logger/logger-records.ts";
import type { Logger } from "../../log/logger.ts";
import { unmountRootfs } from "../../mount/rootfs.ts";
import type { Libc } from "../../native/libc.ts";
import { type OciSpec, readSpec } from "../../oci/bundle.ts";
import { removeCgroups } from "../../oci/cgroup-cleanup.ts";
import { criuWorkPath } from "../../oci/criu/criu-call.ts";
import { endOutlivedCommands } from "../../oci/outlived.ts";
import type { CommandRunner } from "../../reaper/command.ts";
import type { Exit } from "../../reaper/exit.ts";
import { defaultOptions } from "../../runtime/options.ts";
import type { ContainerRef, Runtime } from "../../runtime/runtime.ts";
import { type Journal, readJournal } from "../container/journal.ts";
import { runOwedAfter } from "./owed-hooks.ts";

/** Exit status of a container whose shim died: that of SIGKILL, as containerd-shim-runc-v2's `delete` answers. */
const killedStatus = 137;
/** containerd gives `delete` 5 s in all: io.containerd.timeout.shim.cleanup. */
const commandsTimeoutMs = 1_000;
const stepTimeoutMs = 2_500;
const loggersTimeoutMs = 1_500;

export interface CleanUpDeps {
  readonly commands: Pick<CommandRunner, "run">;
  readonly log: Logger;
  /** Resolves with undefined when the runtime is not known any more: what can be cleaned without it is. */
  readonly runtimeOf: (name: string) => Promise<Runtime | undefined>;
  /** Loaded only if hooks are owed. */
  readonly hooks: () => Promise<HookRunner>;
  readonly libc: Pick<Libc, "tryLock">;
}

export interface CleanUpRequest {
  readonly id: string;
  readonly namespace: string;
  readonly bundle: string;
  /** The runtime that the launcher's name says; the journal's goes before it. */
  readonly runtime: string;
}

/**
 * Removes what a dead daemon left of a container: commands in flight, processes, loggers, mounts and cgroups.
 * Works on a half-made bundle and on none at all, and may be repeated. No step that fails keeps the next from being tried.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/manager/manager_linux.go Stop
 */
export async function cleanUp(deps: CleanUpDeps, request: CleanUpRequest): Promise<Exit> {
  const { id, namespace, bundle } = request;
  const journal = readJournal(bundle);
  const exit = toExit(journal, bundle);
  const ref: ContainerRef = { id, namespace, bundle, options: journal?.options ?? defaultOptions };
  const attempt = async (step: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => deps.log.warn("clean-up step failed", { id, step, error }));
  };
  await attempt("commands", () => endOutlivedCommands(bundle, { timeoutMs: commandsTimeoutMs }));
  await attempt("runtime", () => deleteFromRuntime(deps, ref, journal?.runtime ?? request.runtime));
  await attempt("loggers", () => endRecordedLoggers(bundle, { timeoutMs: loggersTimeoutMs }));
  for (const place of [join(bundle, "rootfs"), criuWorkPath(bundle)]) {
    await attempt("mounts", () => unmountRootfs(place, deps, AbortSignal.timeout(stepTimeoutMs)));
  }
  await attempt("cgroups", async () => removeCgroups(cgroupsPathOf(bundle), { timeoutMs: commandsTimeoutMs }));
  await attempt("hooks", () => runHooks(deps, ref, journal, exit));
  return exit;
}

async function deleteFromRuntime(deps: CleanUpDeps, ref: ContainerRef, name: string): Promise<void> {
  const runtime = await deps.runtimeOf(name);
  if (runtime === undefined) return deps.log.warn("runtime is not known", { id: ref.id, runtime: name });
  await runtime.delete(ref, { force: true }, AbortSignal.timeout(stepTimeoutMs));
}

function toExit(journal: Journal | undefined, bundle: string): Exit {
  if (journal?.exit !== undefined) return { ...journal.exit, exitedAt: new Date(journal.exit.exitedAt) };
  return { pid: readInitPid(bundle), exitStatus: killedStatus, exitedAt: new Date() };
}

/** Pid of init as the runtime wrote it; 0 when it did not get that far. */
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

async function runHooks(deps: CleanUpDeps, ref: ContainerRef, journal: Journal | undefined, exit: Exit): Promise<void> {
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
  await runOwedAfter(deps, bundle, subject, AbortSignal.timeout(stepTimeoutMs));
}

function annotationsOf(bundle: string): NonNullable<OciSpec["annotations"]> {
  return readSpec(bundle).annotations ?? {};
}
