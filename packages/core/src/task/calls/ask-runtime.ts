import { Deadline } from "../../reaper/deadline.ts";
import type { ContainerRef } from "../../runtime/runtime.ts";
import type { Call } from "../call.ts";

/** How long a runtime may take to answer. A command of runsc can take two seconds on a busy machine. */
const timeoutMs = 5_000;

/**
 * Asks the runtime about a container. Returns undefined if the runtime cannot answer, init has exited, or the runtime
 * fails or hangs. `failure` is logged if it fails or hangs.
 * @throws the reason of the client's signal, if that aborts.
 */
export async function askRuntime<T>(
  { deps, container, signal }: Call,
  question: ((ref: ContainerRef, signal: AbortSignal) => Promise<T>) | undefined,
  failure: string,
): Promise<T | undefined> {
  const { runtime, ref, init } = container;
  if (question === undefined || init.isGone) return undefined;
  using deadline = new Deadline(timeoutMs, signal);
  try {
    return await question.call(runtime, ref, deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn(failure, { id: ref.id, error });
    return undefined;
  }
}
