import type { wire } from "../../proto/gen/wire.js";
import { toTimestamp } from "../../proto/timestamp.ts";
import type { Call } from "../call.ts";

/** Waits until a process has ended and returns its exit. Takes no lock. */
export async function wait(
  { container, signal }: Omit<Call, "deps">,
  execId: string,
): Promise<wire.WaitResponse.$Properties> {
  const outcome = await container.process(execId).wait(signal);
  return { exit_status: outcome?.exitStatus ?? 0, exited_at: toTimestamp(outcome?.exitedAt) };
}
