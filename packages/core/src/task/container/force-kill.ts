import type { Container } from "./container.ts";

/** The number of SIGKILL. */
export const sigkill = 9;
/** How long the runtime may take to send SIGKILL if no client waits with a deadline of its own. */
const timeoutMs = 10_000;

/** Returns the time limit for a SIGKILL that the daemon itself sends. */
export const killLimit = (): AbortSignal => AbortSignal.timeout(timeoutMs);

/**
 * Sends SIGKILL to init, or to all processes of the container, through the runtime. For callers other than the Kill
 * call.
 */
export async function forceKill({ runtime, ref }: Container, { all }: { readonly all: boolean }): Promise<void> {
  await runtime.kill(ref, { signal: sigkill, all }, killLimit());
}
