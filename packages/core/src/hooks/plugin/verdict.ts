import { Code, StatusError } from "@dunnage/ttrpc";
import type { HookEvent } from "../event/event.ts";
import { type Stage, stages } from "../event/stages.ts";
import { cut, textOf } from "../text.ts";
import type { BoundHook, Outcome } from "./bound-hook.ts";
import { type DenyCode, denyCodes } from "./plugin.ts";

/** Longest message that a client gets, in UTF-16 units. */
const maxMessageLength = 900;

/** Every outcome except success and a cancelled call. */
export type Refusal = Exclude<Outcome, { kind: "done" | "abandoned" }>;

/**
 * Returns the error that the client of a refused call gets. A timeout is Unavailable, not DeadlineExceeded: clients
 * read the latter as "the call may have been carried out".
 */
export function toError(
  outcome: Refusal,
  { hook, event, denyCode }: { readonly hook: BoundHook; readonly event: HookEvent; readonly denyCode: DenyCode },
): StatusError {
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

/** Whether the call is refused because of the hook's outcome. */
export function isRefused(hook: BoundHook, stage: Stage, outcome: Refusal): boolean {
  if (!stages[stage].mayDeny || hook.mode === "audit") return false;
  return outcome.kind === "denied" || hook.onError === "closed";
}
