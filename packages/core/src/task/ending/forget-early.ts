import { setImmediate as nextTurn } from "node:timers/promises";
import { attempt, logFailure } from "../../log/attempt.ts";
import { Deadline } from "../../reaper/deadline.ts";
import type { Container } from "../container/container.ts";
import type { Forgotten } from "../container/ending.ts";
import { orAborted } from "../container/or-aborted.ts";
import { keepLastMetrics } from "../container/own-metrics.ts";
import type { TaskDeps } from "../deps.ts";

/** Time limit of the runtime's delete that starts early; default of `TaskDeps.forgetLimitMs`. */
const earlyLimitMs = 10_000;
/** Time limit of the runtime's delete in the client's Delete. */
const limitMs = 60_000;
/** 128 + SIGKILL */
const killedStatus = 137;

/**
 * Runs the runtime's delete as soon as a container has ended, before its client calls Delete, which then need not wait
 * for the command. It is left to Delete if hooks need to find the container as it ended, or if the runtime fails. Never
 * rejects.
 */
export async function forgetEarly(deps: TaskDeps, container: Container): Promise<Forgotten> {
  const note = {
    log: deps.log,
    message: "the runtime has not forgotten the container yet",
    fields: { id: container.ref.id },
  };
  const keepMetrics = (): void =>
    void attempt({ ...note, message: "metrics not kept" }, () => keepLastMetrics(container));
  // First the answers and the event of the exit are sent. To start a process stops the event loop until the process
  // runs, which takes tens of milliseconds on a busy machine.
  await nextTurn();
  try {
    if (deps.hooks.has("postStop") || deps.hooks.has("preDelete")) return { isForgotten: false };
    // A killed container's metrics show whether it was an OOM kill: certainty before speed, so they are read first.
    // Others are read while the command starts.
    if (container.init.exit?.exitStatus === killedStatus) keepMetrics();
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
 * Ensures that the runtime has forgotten the container: waits for the delete that started early, or runs one. It has a
 * time limit, so that the next Delete gets its turn even if the client never cancels a command that hangs.
 *
 * A delete that runs `poststop` hooks does not end with its client. The runtime forgets the container first, so the
 * remaining hooks would never run, and the next delete would find nothing to do. The next Delete waits for it instead.
 * If it was cut off nevertheless, one Delete fails and the next one continues.
 * @throws {StatusError} Unknown – the runtime failed.
 */
export async function ensureForgotten(container: Container, signal: AbortSignal): Promise<void> {
  const { ending } = container;
  const early = await orAborted(ending.forgetting, signal);
  if (early.isForgotten) return;
  ending.forgetLater();
  if (early.isCutOff) throw early.error;
  if (container.poststopMs === 0) {
    using deadline = new Deadline(limitMs, signal);
    return await container.runtime.delete(container.ref, { force: false }, deadline.signal);
  }
  ending.forget(tryToForget(container, limitMs));
  const { isForgotten, error } = await orAborted(ending.forgetting, signal);
  if (isForgotten) return;
  ending.forgetLater();
  throw error;
}

/** Runs the runtime's delete with a time limit of its own. Never rejects. */
async function tryToForget(container: Container, ownMs: number): Promise<Forgotten> {
  using deadline = new Deadline(ownMs + container.poststopMs);
  try {
    await container.runtime.delete(container.ref, { force: false }, deadline.signal);
    container.forgotten();
    return { isForgotten: true };
  } catch (error) {
    const isCutOff = deadline.signal.aborted && container.poststopMs > 0;
    return { isForgotten: false, error, isCutOff };
  }
}
