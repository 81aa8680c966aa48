import { Code, StatusError } from "@dunnage/ttrpc";
import type { BoundHook, Outcome } from "./bound-hook.ts";
import { cut } from "./cut.ts";
import type { HookEvent } from "./event.ts";
import { type Stage, stages } from "./stages.ts";

/** Longest message that a client gets to read, in UTF-16 units. */
const maxMessageLength = 900;

/** What a denial can be to the client. */
export const denyCodes = {
  "permission-denied": Code.PermissionDenied,
  "failed-precondition": Code.FailedPrecondition,
  "invalid-argument": Code.InvalidArgument,
  "resource-exhausted": Code.ResourceExhausted,
} as const;

export type DenyCode = keyof typeof denyCodes;

/** Every outcome but the good one and that of a call that was given up. */
export type Refusal = Exclude<Outcome, { kind: "done" | "abandoned" }>;

/**
 * Returns what the client of a refused call gets. A timeout is Unavailable, not DeadlineExceeded: clients take that one for
 * "the call may have been carried out".
 */
export function toError(hook: BoundHook, event: HookEvent, outcome: Refusal, denyCode: DenyCode): StatusError {
  const where = `${hook.plugin} at ${event.stage}`;
  const id = `[id=${event.eventId}]`;
  switch (outcome.kind) {
    case "denied": {
      const { code = denyCode, rule } = outcome.options;
      const by = rule === undefined ? where : `${hook.plugin}/${rule} at ${event.stage}`;
      return new StatusError(
        denyCodes[Object.hasOwn(denyCodes, code) ? code : denyCode],
        message(`dunnage: denied by ${by}`, outcome.reason, id),
      );
    }
    case "failed": {
      return new StatusError(
        outcome.code ?? Code.Internal,
        message(`dunnage: hook failed: ${where}`, textOf(outcome.error), id),
      );
    }
    case "timedOut": {
      const text = message(`dunnage: hook timed out: ${where}`, `no answer within ${hook.timeoutMs} ms`, id);
      return new StatusError(Code.Unavailable, text);
    }
  }
}

/** One line: `what: why [id=…]`; `why` is cut, never the id. */
function message(what: string, why: string, id: string): string {
  const line = why.replaceAll(/\s+/g, " ").trim();
  const room = Math.max(0, maxMessageLength - what.length - id.length - 3);
  return `${what}: ${cut(line, room)} ${id}`;
}

/** The message of whatever was thrown. */
export function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return "unknown error";
  }
}

/** Whether the call is refused for what the hook did. */
export function isRefused(hook: BoundHook, stage: Stage, outcome: Refusal): boolean {
  if (!stages[stage].mayDeny || hook.mode === "audit") return false;
  return outcome.kind === "denied" || hook.onError === "closed";
}
