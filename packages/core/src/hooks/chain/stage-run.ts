import { type HookEvent, type HookSubject, toHookEvent } from "../event/event.ts";
import type { Stage } from "../event/stages.ts";
import type { Outcome } from "../plugin/bound-hook.ts";
import type { RunOptions } from "./hook-runner.ts";

/** One run of one stage. */
export interface StageRun {
  readonly stage: Stage;
  readonly subject: HookSubject;
  readonly options: RunOptions & { readonly eventId: string };
  /** The plugins whose server the call has found to be unavailable, and how their hooks ended for that. */
  readonly unavailable: Map<string, Outcome>;
}

/** Returns the event as of now, with the fields of the draft. */
export function toEvent({ stage, subject, options }: StageRun): HookEvent {
  const { eventId, replay = false, draft, view } = options;
  const fields = draft === undefined ? {} : view?.(draft);
  return toHookEvent(stage, { ...subject, ...fields }, { eventId, replay });
}
