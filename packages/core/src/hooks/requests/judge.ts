import { StatusError } from "@dunnage/ttrpc";
import type { Change } from "../adjust/adjustment.ts";
import { mutableParts, toDraft } from "../adjust/mutable-part.ts";
import type { HookChain } from "../chain.ts";
import type { HookEvent, HookSubject } from "../event.ts";
import { isMutable } from "../stages.ts";

/** How a chain answers a request. */
export interface Judgement {
  /** What the client would get; undefined: the call would go on. */
  readonly error: StatusError | undefined;
  /** With their values; those that plugins in audit mode asked for are in the chain's audit entry alone. */
  readonly changes: readonly Change[];
}

/** Puts an event to the hooks of its stage as the Task API does, without a task: nothing is done of what they say. */
export async function judge(hooks: HookChain, event: HookEvent): Promise<Judgement> {
  const { stage, eventId, replay, time: _, ...subject } = event;
  const part = isMutable(stage) ? mutableParts[stage] : undefined;
  const draft = isMutable(stage) ? toDraft(stage, event) : undefined;
  const options = { eventId, replay, draft, view: part?.view };
  try {
    await hooks.run(stage, subject as HookSubject, new AbortController().signal, options);
    return { error: undefined, changes: draft?.changes ?? [] };
  } catch (error) {
    return { error: StatusError.from(error), changes: draft?.changes ?? [] };
  }
}
