import { readPids } from "../../cgroups/processes.ts";
import type { Call } from "../call.ts";
import { askRuntime } from "./ask-runtime.ts";

/**
 * Returns all pids of a container, each with the id of its exec, or "" for init and for processes that init or execs
 * started. The pids come from the cgroup, so a runtime that hangs cannot block the answer. The runtime is asked if
 * there is no cgroup, or if the container runs in a sandbox.
 * The list is never empty: containerd considers a task without processes leaked and, when it restarts, destroys it
 * along with its exit status.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/shim_load.go
 */
export async function listPids(call: Call): Promise<readonly { pid: number; execId: string }[]> {
  const { runtime, init, cgroup, sandbox, execs } = call.container;
  const execIds = new Map(execs.map(({ listedPid, execId }) => [listedPid, execId]));
  const inCgroup = sandbox === undefined && cgroup !== undefined;
  const pids = inCgroup
    ? await readPids(cgroup)
    : await askRuntime(call, runtime.pids, "the runtime does not list the processes");
  const known = pids !== undefined && pids.length > 0 ? pids : [init.pid];
  return known.map((pid) => ({ pid, execId: execIds.get(pid) ?? "" }));
}
