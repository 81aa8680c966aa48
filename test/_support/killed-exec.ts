import { once } from "node:events";
import type { Containerd } from "./containerd.ts";
import type { TaskClient } from "./task-client.ts";

/**
 * Runs an exec whose `ctr` is killed while the exec writes. The exec ends after that, so its output is unread and no
 * client deletes it.
 */
export async function runKilledExec(
  { containerd, client }: { readonly containerd: Containerd; readonly client: TaskClient },
  id: string,
  execId: string,
): Promise<void> {
  const script = "trap 'echo unread; exit 3' TERM; echo begun; while :; do sleep 0.05; done";
  const fifos = ["--fifo-dir", containerd.fifoDir];
  const ctr = containerd.spawnCtr("task", "exec", ...fifos, "--exec-id", execId, id, "/bin/sh", "-c", script);
  if (ctr.stdout === null) throw new Error("ctr has no stdout");
  await once(ctr.stdout, "data");
  const closed = once(ctr, "close");
  ctr.kill("SIGKILL");
  await closed;
  await client.kill({ id, exec_id: execId, signal: 15 });
  await client.wait({ id, exec_id: execId });
}
