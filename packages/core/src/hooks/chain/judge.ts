import { StatusError } from "@dunnage/ttrpc";
import type { Change } from "../adjustment/adjustment.ts";
import { mutableParts, toDraft } from "../adjustment/mutable-part.ts";
import type { HookEvent, HookSubject } from "../event/event.ts";
import { isMutable } from "../event/stages.ts";
import type { HookChain } from "./chain.ts";

/** How a chain answers a request. */
export interface Judgement {
  /** The error that the client would get; undefined: the call would continue. */
  readonly error: StatusError | undefined;
  /**
   * Applied changes, with their values. Those that plugins in audit mode requested are only in the chain's audit entry.
   */
  readonly changes: readonly Change[];
}

/**
 * Returns how the hooks of an event's stage answer. They run as for the Task API, but without a task: nothing that they
 * decide is carried out.
 */
export async function judge(hooks: HookChain, event: HookEvent): Promise<Judgement> {
  const { stage, eventId, replay, time: _, ...subject } = event;
  const part = isMutable(stage) ? mutableParts[stage] : undefined;
  const draft = isMutable(stage) ? toDraft(stage, event) : undefined;
  const options = { signal: new AbortController().signal, eventId, replay, draft, view: part?.view };
  try {
    await hooks.run(stage, subject as HookSubject, options);
    return { error: undefined, changes: draft?.changes ?? [] };
  } catch (error) {
    return { error: StatusError.from(error), changes: draft?.changes ?? [] };
  }
}
