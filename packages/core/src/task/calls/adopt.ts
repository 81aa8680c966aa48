import type { Created } from "../../runtime/runtime.ts";
import type { Container } from "../container/container.ts";
import { createdPid } from "../container/created-pid.ts";
import type { TaskDeps } from "../deps.ts";

/** Records what the runtime has created for a container: its init process, its cgroup and its sandbox. */
export function adopt(deps: TaskDeps, container: Container, created: Created): void {
  const pid = createdPid(container.runtime, created);
  container.created(created, deps.findCgroup(pid));
}
