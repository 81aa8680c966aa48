import { Code } from "@dunnage/ttrpc";
import type { Logger } from "../../log/logger.ts";
import { toAdjust } from "../adjustment/adjust.ts";
import type { Adjustment } from "../adjustment/adjustment.ts";
import type { HookContainer, HookEvent } from "../event/event.ts";
import { isMutable } from "../event/stages.ts";
import type { HookNotes } from "./hook-notes.ts";
import type { DenyOptions, HookContext, HookMatch, Phase } from "./plugin.ts";

/**
 * Whether a plugin's verdicts and changes take effect. In `audit` its hooks run and the result is recorded, but nothing
 * of it is applied.
 */
export type Mode = "enforce" | "audit" | "off";

/** A hook with the settings that the configuration gives it. */
export interface BoundHook {
  /** Name of the plugin in the configuration. */
  readonly plugin: string;
  readonly config: unknown;
  readonly phase: Phase;
  readonly mode: Exclude<Mode, "off">;
  readonly timeoutMs: number;
  /** What a failure means in a stage that may deny: `closed` refuses the call, `open` lets it pass. */
  readonly onError: "closed" | "open";
  readonly match: HookMatch | undefined;
  /** Paths that it may override after another plugin has written them, unless that plugin is locked. */
  readonly override: readonly string[];
  readonly locked: boolean;
  /** See `OpenPlugin`. */
  readonly isUnavailable?: (() => boolean) | undefined;
  readonly run: (event: never, context: HookContext<never>) => unknown;
}

/** How a hook ended. */
export type Outcome =
  | { readonly kind: "done"; readonly adjustments: readonly Adjustment[] }
  | { readonly kind: "denied"; readonly reason: string; readonly options: DenyOptions }
  /** `code`: the gRPC code that the client gets; default Internal. */
  | { readonly kind: "failed"; readonly error: unknown; readonly code?: Code }
  | { readonly kind: "timedOut" }
  /** The caller cancelled: the call's `signal` aborted. */
  | { readonly kind: "abandoned" };

/**
 * Thrown if a hook outside the daemon could not be asked, or if its connection ended before it answered. The client of
 * a refused call gets Unavailable.
 */
export class HookUnavailable extends Error {
  static {
    HookUnavailable.prototype.name = "HookUnavailable";
  }
}

/** Thrown by `deny` to end the hook. The context keeps the denial itself, in case the plugin catches every error. */
class Denied extends Error {
  static {
    Denied.prototype.name = "Denied";
  }
}

/** Whether a hook applies to this container. */
export function isMatch(match: HookMatch | undefined, container: HookContainer | undefined): boolean {
  if (match === undefined || container === undefined) return true;
  const { namespaces, kinds, runtimes, annotations = {} } = match;
  return (
    (namespaces?.includes(container.namespace) ?? true) &&
    (kinds?.includes(container.kind) ?? true) &&
    (runtimes?.includes(container.runtime) ?? true) &&
    Object.entries(annotations).every(
      ([key, value]) => Object.hasOwn(container.annotations, key) && container.annotations[key] === value,
    )
  );
}

/**
 * Runs one hook until it ends or its deadline passes, whichever comes first. Never rejects. A hook that keeps running
 * after that is ignored.
 */
export async function runHook(hook: BoundHook, event: HookEvent, limits: HookLimits): Promise<Outcome> {
  const { signal } = limits;
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
    const deadlineAt = new Date(Date.now() + hook.timeoutMs);
    const outcome = await Promise.race([
      runToEnd(hook, event, { ...limits, signal: abort.signal, deadlineAt }),
      ended.promise,
    ]);
    // A failure after the deadline was caused by the abort, so report a timeout, even if our timer has not fired yet.
    return outcome.kind === "failed" && Date.now() >= deadlineAt.getTime() ? { kind: "timedOut" } : outcome;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** Where a hook writes, and the signal that ends it. */
export interface HookLimits {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly notes: HookNotes;
}

/**
 * Runs one hook until it ends, however long that takes. The hook knows its deadline from `deadlineAt`. Never rejects.
 */
export async function runToEnd(
  hook: BoundHook,
  event: HookEvent,
  { notes, ...limits }: HookLimits & Pick<HookContext, "deadlineAt">,
): Promise<Outcome> {
  let denial: Outcome | undefined;
  const deny = (reason: string, options: DenyOptions = {}): never => {
    denial ??= { kind: "denied", reason: String(reason), options };
    throw new Denied(reason);
  };
  const adjustments: Adjustment[] = [];
  const warn = (message: string): void => notes.warn(message);
  const annotate = (key: string, value: string): void => notes.annotate(key, value);
  const base = { config: hook.config as never, deny, warn, annotate, ...limits };
  const context = hook.phase === "mutate" ? { ...base, ...adjustOf(event, adjustments) } : base;
  try {
    await hook.run(event as never, Object.freeze(context));
    return denial ?? { kind: "done", adjustments };
  } catch (error) {
    if (denial !== undefined) return denial;
    return error instanceof HookUnavailable
      ? { kind: "failed", error, code: Code.Unavailable }
      : { kind: "failed", error };
  }
}

function adjustOf({ stage }: HookEvent, adjustments: Adjustment[]): { adjust?: unknown } {
  return isMutable(stage) ? { adjust: toAdjust(stage, (adjustment) => void adjustments.push(adjustment)) } : {};
}

function timeoutError(hook: BoundHook): DOMException {
  return new DOMException(`hook of ${hook.plugin} took longer than ${hook.timeoutMs} ms`, "TimeoutError");
}
