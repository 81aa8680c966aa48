import { existsSync } from "node:fs";
import type { HookRunner } from "../../hooks/chain/hook-runner.ts";
import type { HookSubject } from "../../hooks/event/event.ts";
import { newEventId } from "../../hooks/event/event-id.ts";
import { attempt, logFailure } from "../../log/attempt.ts";
import type { Libc } from "../../native/libc.ts";
import type { Call } from "../call.ts";
import {
  type HookRecord,
  type Journal,
  type OwedStage,
  owedStages,
  readJournal,
  writeJournal,
} from "../container/journal.ts";
import { toHookContainer } from "../hook-seam.ts";
import { takeOwedLock } from "./owed-lock.ts";

/**
 * Runs the hooks of a stage of a container's end. The journal records their start and their end: if the daemon dies in
 * between, they are pending and `delete` runs them again, with the same event id. Never rejects.
 */
export async function runOwed(
  { deps, container }: Pick<Call, "deps" | "container">,
  stage: OwedStage,
  fields: () => Readonly<Record<string, unknown>>,
): Promise<void> {
  const failure = { log: deps.log, message: "hook failed", fields: { id: container.ref.id, stage } };
  const eventId = newEventId();
  const note = (done: boolean): void => {
    container.hooksRan(stage, { eventId, done });
    const missing = { ...failure, message: "hook is not in the journal" };
    attempt(missing, () => writeJournal(container.ref.bundle, container.journal(deps.daemon)));
  };
  try {
    if (!deps.hooks.has(stage)) return;
    note(false);
    const subject = { container: toHookContainer(container), ...fields() };
    await deps.hooks.run(stage, subject, { signal: new AbortController().signal, eventId });
  } catch (error) {
    logFailure(failure, error);
  }
  note(true);
}

/** Dependencies of `runOwedAfter`. */
export interface OwedDeps {
  /** Loaded only if hooks are pending. */
  readonly hooks: () => Promise<HookRunner>;
  readonly libc: Pick<Libc, "tryLock">;
}

/**
 * Runs the pending hooks of a dead daemon's container, which its journal does not record as done, marked as a replay.
 * If there are several callers at once, only one of them runs each stage. Rejects with the signal's reason if that
 * aborts; hooks that have not ended are left to the next caller.
 */
export async function runOwedAfter(
  deps: OwedDeps,
  { bundle, subject }: { readonly bundle: string; readonly subject: HookSubject },
  signal: AbortSignal,
): Promise<void> {
  if (owedBy(readJournal(bundle)).length === 0) return;
  const hooks = await deps.hooks();
  using _lock = await takeOwedLock(deps.libc, bundle, signal);
  const journal = readJournal(bundle);
  if (journal === undefined) return;
  let now = journal;
  for (const stage of owedBy(journal).filter((stage) => hooks.has(stage))) {
    const eventId = now.hooks?.[stage]?.eventId ?? newEventId();
    now = withOwed(now, stage, { eventId, done: false });
    note(bundle, now);
    await hooks.run(stage, subject, { signal, call: signal, eventId, replay: true });
    // A hook that was cut off is still pending.
    signal.throwIfAborted();
    now = withOwed(now, stage, { eventId, done: true });
    note(bundle, now);
  }
}

/** Returns the stages whose hooks `delete` has not run to their end. Without `hooks` each stage may have some. */
export function pendingStages(bundle: string, hooks?: Pick<HookRunner, "has">): readonly OwedStage[] {
  return owedBy(readJournal(bundle)).filter((stage) => hooks?.has(stage) ?? true);
}

/** Writes the journal. On a full file system hooks run without a record: twice is better than never. */
function note(bundle: string, journal: Journal): void {
  try {
    writeJournal(bundle, journal);
  } catch (error) {
    if (!existsSync(bundle)) throw error;
  }
}

const owedBy = (journal: Journal | undefined): readonly OwedStage[] =>
  journal === undefined ? [] : owedStages.filter((stage) => journal.hooks?.[stage]?.done !== true);

function withOwed(journal: Journal, stage: OwedStage, owed: HookRecord): Journal {
  return { ...journal, hooks: { ...journal.hooks, [stage]: owed } };
}
