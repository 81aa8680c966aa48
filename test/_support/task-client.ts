import { TaskClient } from "../../packages/core/src/client/task-client.ts";
import type { Containerd } from "./containerd.ts";

export { TaskClient } from "../../packages/core/src/client/task-client.ts";
export { type Refusal, refusal } from "../../packages/core/src/testing/containerd/refusal.ts";

/** Opens a separate connection to the shim of a container that containerd knows. */
export function connectShim(containerd: Containerd, id: string): Promise<TaskClient> {
  const { address, version } = containerd.shimEndpoint(id);
  return TaskClient.connect(address, version);
}

/** Waits until a container's init process exits and returns its exit status, as the shim reports it. */
export async function exitStatus(containerd: Containerd, id: string): Promise<number> {
  using client = await connectShim(containerd, id);
  return (await client.wait({ id })).exit_status;
}
