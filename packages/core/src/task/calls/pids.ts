import { readPids } from "../../cgroups/processes.ts";
import type { Call } from "../call.ts";
import { askRuntime } from "./ask-runtime.ts";

/**
 * All pids of a container, each with the id of its exec, or "" for init and for what they started.
 * From the cgroup, so that a runtime that hangs cannot keep it from answering; the runtime is asked where there is none, and
 * for what runs in a sandbox.
 * Never empty: containerd takes a task without processes for a leaked one and destroys it when it restarts, exit status and all.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/shim_load.go
 */
export async function listPids(call: Call): Promise<readonly { pid: number; execId: string }[]> {
  const { runtime, init, cgroup, sandbox, execs } = call.container;
  const execIds = new Map([...execs.values()].map((exec) => [exec.internalPid ?? exec.pid, exec.execId]));
  const inCgroup = sandbox === undefined && cgroup !== undefined;
  const pids = inCgroup
    ? await readPids(cgroup)
    : await askRuntime(call, runtime.pids, "the runtime does not list the processes");
  const known = pids !== undefined && pids.length > 0 ? pids : [init.pid];
  return known.map((pid) => ({ pid, execId: execIds.get(pid) ?? "" }));
}
