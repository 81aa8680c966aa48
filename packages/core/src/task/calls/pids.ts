import { readPids } from "../../cgroups/processes.ts";
import { Deadline } from "../../reaper/deadline.ts";
import type { Container } from "../container/container.ts";
import type { TaskDeps } from "../deps.ts";

/** How long a runtime may take to list the processes in a sandbox. A command of runsc can take two seconds on a busy machine. */
const timeoutMs = 5_000;

/**
 * All pids of a container, each with the id of its exec, or "" for init and for what they started.
 * From the cgroup, so that a runtime that hangs cannot keep it from answering; the runtime is asked where there is none, and
 * for what runs in a sandbox.
 * Never empty: containerd takes a task without processes for a leaked one and destroys it when it restarts, exit status and all.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/shim_load.go
 */
export async function listPids(
  deps: TaskDeps,
  container: Container,
  signal: AbortSignal,
): Promise<readonly { pid: number; execId: string }[]> {
  const { init, cgroup, sandbox, execs } = container;
  const execIds = new Map([...execs.values()].map((exec) => [exec.internalPid ?? exec.pid, exec.execId]));
  const inCgroup = sandbox === undefined && cgroup !== undefined;
  const pids = inCgroup ? await readPids(cgroup) : await askRuntime(deps, container, signal);
  const known = pids.length > 0 ? pids : [init.pid];
  return known.map((pid) => ({ pid, execId: execIds.get(pid) ?? "" }));
}

async function askRuntime(deps: TaskDeps, container: Container, signal: AbortSignal): Promise<readonly number[]> {
  const { runtime, ref, init } = container;
  if (runtime.pids === undefined || init.isGone) return [];
  using deadline = new Deadline(timeoutMs, signal);
  try {
    return await runtime.pids(ref, deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn("the runtime does not list the processes", { id: ref.id, error });
    return [];
  }
}
