import { attempt, logFailure } from "../../log/attempt.ts";
import { Deadline } from "../../reaper/deadline.ts";
import { type Container, type Forgotten, notTried } from "../container/container.ts";
import { keepLastMetrics } from "../container/own-metrics.ts";
import type { TaskDeps } from "../deps.ts";

/** For the delete that begins early; default of `TaskDeps.forgetLimitMs`. */
const earlyLimitMs = 10_000;
/** For the delete of the client's Delete. */
const limitMs = 60_000;
/** 128 + SIGKILL */
const killedStatus = 137;

/**
 * Lets the runtime forget a container that has ended, while its client is still on the way to Delete, which then need not
 * wait for the command. It is left to Delete where hooks want to find the container as it ended, or
 * where the runtime failed. Never rejects.
 */
export async function forgetEarly(deps: TaskDeps, container: Container): Promise<Forgotten> {
  const note = {
    log: deps.log,
    message: "the runtime has not forgotten the container yet",
    fields: { id: container.ref.id },
  };
  const keepMetrics = (): void =>
    void attempt({ ...note, message: "metrics not kept" }, () => keepLastMetrics(container));
  try {
    if (deps.hooks.has("postStop") || deps.hooks.has("preDelete")) return { isForgotten: false };
    // A killed container's metrics show whether it was for lack of memory: certainty before speed. Others are read while the command starts.
    if (container.journal.exit?.exitStatus === killedStatus) keepMetrics();
    else setImmediate(keepMetrics);
    const result = await tryToForget(container, deps.forgetLimitMs ?? earlyLimitMs);
    if (result.error !== undefined) logFailure(note, result.error);
    return result;
  } catch (error) {
    logFailure(note, error);
    return { isForgotten: false };
  }
}

/**
 * Sees to it that the runtime has forgotten the container: waits for the delete that began early, or runs one. Another Delete gets
 * its turn, should the client never give up a command that hangs.
 *
 * A delete that runs `poststop` hooks does not end with its client: the runtime forgets the container first, so the hooks that are
 * left would never run and the next delete would find nothing to do. The next Delete waits for it. Where it was cut off all the same one
 * Delete fails, and the next one goes on.
 * @throws {StatusError} Unknown – the runtime failed.
 */
export async function ensureForgotten(container: Container, signal: AbortSignal): Promise<void> {
  const early = await orAborted(container.forgotten, signal);
  if (early.isForgotten) return;
  container.forgotten = notTried;
  if (early.isCutOff) throw early.error;
  if (container.poststopMs === 0) {
    using deadline = new Deadline(limitMs, signal);
    return await container.runtime.delete(container.ref, { force: false }, deadline.signal);
  }
  container.forgotten = tryToForget(container, limitMs);
  const { isForgotten, error } = await orAborted(container.forgotten, signal);
  if (isForgotten) return;
  container.forgotten = notTried;
  throw error;
}

/** As `promise`, or rejects with the signal's reason when that aborts earlier. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) throw signal.reason;
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Never rejects. */
async function tryToForget(container: Container, ownMs: number): Promise<Forgotten> {
  using deadline = new Deadline(ownMs + container.poststopMs);
  try {
    await container.runtime.delete(container.ref, { force: false }, deadline.signal);
    container.isForgotten = true;
    return { isForgotten: true };
  } catch (error) {
    const isCutOff = deadline.signal.aborted && container.poststopMs > 0;
    return { isForgotten: false, error, isCutOff };
  }
}
