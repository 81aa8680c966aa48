import { newEventId } from "../hooks/event-id.ts";
import type { Container } from "./container.ts";
import type { TaskDeps } from "./deps.ts";
import { toHookContainer } from "./hook-seam.ts";
import { writeJournal } from "./journal.ts";

/**
 * Runs the `postStop` hooks after init's exit was recorded. Begin and end stand in the journal: when the daemon dies in between,
 * `delete` runs them again, under the same event id.
 */
export async function runPostStop(deps: TaskDeps, container: Container): Promise<void> {
  if (!deps.hooks.has("postStop")) return;
  const eventId = newEventId();
  journalPostStop(deps, container, { eventId, done: false });
  const fields = { container: toHookContainer(container), exit: container.journal.exit };
  try {
    await deps.hooks.run("postStop", fields, new AbortController().signal, { eventId });
  } catch (error) {
    deps.log.error("hook failed", { id: container.ref.id, stage: "postStop", error });
  }
  journalPostStop(deps, container, { eventId, done: true });
}

function journalPostStop(deps: TaskDeps, container: Container, postStop: { eventId: string; done: boolean }): void {
  container.journal = { ...container.journal, postStop };
  try {
    writeJournal(container.ref.bundle, container.journal);
  } catch (error) {
    deps.log.warn("hook is not in the journal", { id: container.ref.id, stage: "postStop", error });
  }
}
