import type { Logger } from "../../log/logger.ts";
import type { Container } from "./container.ts";

const timeoutMs = 10_000;

/**
 * Thaws a container whose init was killed while it was paused. Otherwise its remaining processes could not receive a
 * signal.
 */
export async function thaw({ log }: { readonly log: Logger }, { init, ref, runtime }: Container): Promise<void> {
  if (init.state !== "paused" && init.state !== "pausing") return;
  await runtime
    .resume?.(ref, AbortSignal.timeout(timeoutMs))
    .catch((error: unknown) => log.warn("failed to thaw a container that was killed", { id: ref.id, error }));
}
