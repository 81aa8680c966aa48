import { Code, StatusError } from "@dunnage/ttrpc";
import type { BoundHook, Outcome } from "./bound-hook.ts";
import { cut } from "./cut.ts";
import type { HookEvent } from "./event.ts";
import { type Stage, stages } from "./stages.ts";

/** Longest message that a client gets, in UTF-16 units. */
const maxMessageLength = 900;

/** The codes with which a client can get a denial, by name. */
export const denyCodes = {
  "permission-denied": Code.PermissionDenied,
  "failed-precondition": Code.FailedPrecondition,
  "invalid-argument": Code.InvalidArgument,
  "resource-exhausted": Code.ResourceExhausted,
} as const;

export type DenyCode = keyof typeof denyCodes;

/** Every outcome except success and a cancelled call. */
export type Refusal = Exclude<Outcome, { kind: "done" | "abandoned" }>;

/**
 * Returns the error that the client of a refused call gets. A timeout is Unavailable, not DeadlineExceeded: clients
 * read the latter as "the call may have been carried out".
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

/** Returns one line: `what: why [id=…]`. `why` is cut, the id never is. */
function message(what: string, why: string, id: string): string {
  const line = why.replaceAll(/\s+/g, " ").trim();
  const room = Math.max(0, maxMessageLength - what.length - id.length - 3);
  return `${what}: ${cut(line, room)} ${id}`;
}

/** Returns the message of any thrown value. */
export function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return "unknown error";
  }
}

/** Whether the call is refused because of the hook's outcome. */
export function isRefused(hook: BoundHook, stage: Stage, outcome: Refusal): boolean {
  if (!stages[stage].mayDeny || hook.mode === "audit") return false;
  return outcome.kind === "denied" || hook.onError === "closed";
}
