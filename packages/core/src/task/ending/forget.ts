import { attempt, logFailure } from "../../log/attempt.ts";
import { Deadline } from "../../reaper/deadline.ts";
import { keepLastMetrics } from "../calls/stats.ts";
import type { Container } from "../container/container.ts";
import type { TaskDeps } from "../deps.ts";

const timeoutMs = 10_000;
/** 128 + SIGKILL */
const killedStatus = 137;

/**
 * Lets the runtime forget a container that has ended, while its client is still on the way to Delete, which then need not
 * wait for the command. Resolves with false when that is left to Delete: hooks want to find the container as it ended, or
 * the runtime failed. Never rejects.
 */
export async function forgetEarly(deps: TaskDeps, container: Container): Promise<boolean> {
  using deadline = new Deadline(timeoutMs);
  const note = {
    log: deps.log,
    message: "the runtime has not forgotten the container yet",
    fields: { id: container.ref.id },
  };
  const keepMetrics = (): void =>
    void attempt({ ...note, message: "metrics not kept" }, () => keepLastMetrics(container));
  try {
    if (deps.hooks.has("postStop") || deps.hooks.has("preDelete")) return false;
    // A killed container's metrics say whether it was for want of memory: certainty goes before speed. Others are read while the command starts.
    if (container.journal.exit?.exitStatus === killedStatus) keepMetrics();
    else setImmediate(keepMetrics);
    await container.runtime.delete(container.ref, { force: false }, deadline.signal);
    container.isForgotten = true;
    return true;
  } catch (error) {
    logFailure(note, error);
    return false;
  }
}
