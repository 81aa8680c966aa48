import type { wire } from "../../proto/gen/wire.js";
import { toTimestamp } from "../../proto/timestamp.ts";
import type { Container } from "../container/container.ts";
import { toStatus } from "../container/process-state.ts";

/** Returns the state of a process. Takes no lock. The execs of a paused container are paused with it. */
export function readState(container: Container, execId: string): wire.StateResponse.$Properties {
  const { ref, init } = container;
  const process = container.process(execId);
  const isFrozen = init.state === "paused" || init.state === "pausing";
  const { id, pid, paths, outcome } = process;
  return {
    id,
    bundle: ref.bundle,
    pid,
    status: toStatus(isFrozen ? init.state : process.state),
    ...paths,
    exit_status: outcome?.exitStatus ?? 0,
    exited_at: toTimestamp(outcome?.exitedAt),
  };
}
