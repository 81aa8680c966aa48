import type { Logger } from "../log/logger.ts";
import type { HookEvent } from "./event.ts";
import type { HookContext } from "./plugin.ts";

/** A hook with what the configuration says about it. */
export interface BoundHook {
  /** Name of the plugin in the configuration. */
  readonly plugin: string;
  readonly config: unknown;
  readonly timeoutMs: number;
  /** What a failure means where a denial is possible: closed refuses the call, open lets it pass. */
  readonly onError: "closed" | "open";
  readonly run: (event: never, context: HookContext<never>) => unknown;
}

/** How a hook ended. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "denied"; readonly reason: string }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "timedOut" }
  /** The caller gave up: `signal` of the call aborted. */
  | { readonly kind: "abandoned" };

/** Thrown by `deny` to end the hook; the denial itself is kept in the context, in case the plugin catches everything. */
class Denied extends Error {
  static {
    Denied.prototype.name = "Denied";
  }
}

/** Runs one hook to its end or to its deadline, whichever comes first. Never rejects; a hook that goes on alone is ignored. */
export async function runHook(hook: BoundHook, event: HookEvent, limits: HookLimits): Promise<Outcome> {
  const { signal, log } = limits;
  if (signal.aborted) return { kind: "abandoned" };
  const abort = new AbortController();
  const ended = Promise.withResolvers<Outcome>();
  const end = (outcome: Outcome, reason: unknown) => {
    ended.resolve(outcome);
    abort.abort(reason);
  };
  const timer = setTimeout(() => end({ kind: "timedOut" }, timeoutError(hook)), hook.timeoutMs);
  const onAbort = () => end({ kind: "abandoned" }, signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([attempt(hook, event, { signal: abort.signal, log }), ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** Where a hook writes and what ends it. */
export interface HookLimits {
  readonly signal: AbortSignal;
  readonly log: Logger;
}

async function attempt(hook: BoundHook, event: HookEvent, { signal, log }: HookLimits): Promise<Outcome> {
  let denial: Outcome | undefined;
  const deny = (reason: string): never => {
    denial ??= { kind: "denied", reason: String(reason) };
    throw new Denied(reason);
  };
  try {
    await hook.run(event as never, Object.freeze({ config: hook.config as never, deny, signal, log }));
    return denial ?? { kind: "done" };
  } catch (error) {
    return denial ?? { kind: "failed", error };
  }
}

function timeoutError(hook: BoundHook): DOMException {
  return new DOMException(`hook of ${hook.plugin} took longer than ${hook.timeoutMs} ms`, "TimeoutError");
}
