import type { TaskClient } from "./task-client.ts";
import { execRequest } from "./task-situations.ts";

/**
 * Runs a command in a container without streams, over the Task API; resolves with its exit status after the exec is
 * deleted.
 */
export async function runExec(client: TaskClient, id: string, command: readonly string[]): Promise<number> {
  const target = { id, exec_id: `exec-${process.hrtime.bigint()}` };
  await client.exec(execRequest(id, target.exec_id, command));
  await client.start(target);
  const { exit_status } = await client.wait(target);
  await client.delete(target);
  return exit_status;
}
