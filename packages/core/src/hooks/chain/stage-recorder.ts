import type { StatusError } from "@dunnage/ttrpc";
import { type Logger, silentLogger } from "../../log/logger.ts";
import type { Adjustment, Change } from "../adjustment/adjustment.ts";
import type { AuditSink } from "../audit/audit-entry.ts";
import { Decision } from "../audit/decision.ts";
import type { HookContainer, HookEvent } from "../event/event.ts";
import type { BoundHook, Outcome } from "../plugin/bound-hook.ts";
import type { HookNotes } from "../plugin/hook-notes.ts";
import type { DenyCode } from "../plugin/plugin.ts";
import { isRefused, type Refusal, toError } from "../plugin/verdict.ts";
import type { RequestSink } from "../recording/request-recorder.ts";

/** Counters for denied, failed and timed-out hooks. Fail-open must be visible somewhere. */
export interface HookCounts {
  denied: number;
  failed: number;
  timedOut: number;
  /** Denials, failures and timeouts after which the call continued all the same. */
  passed: number;
}

/** Where the outcome of hooks is recorded. */
export interface Records {
  /** Default: nothing is logged. */
  readonly log?: Logger | undefined;
  readonly audit?: AuditSink | undefined;
  /** Receives the judged events, with their outcome. */
  readonly requests?: RequestSink | undefined;
  /** Default: permission-denied. */
  readonly denyCode?: DenyCode | undefined;
}

/** Records one run of a stage: counts, lines in the container's log, the audit line, the recorded request. */
export class StageRecorder {
  readonly #records: Records;
  readonly #counts: HookCounts;
  readonly #event: HookEvent;
  readonly #decision: Decision;

  /** `event`: as the first hook sees it. */
  constructor(event: HookEvent, records: Records, counts: HookCounts) {
    this.#event = event;
    this.#records = records;
    this.#counts = counts;
    this.#decision = new Decision(event);
  }

  /** Returns the logger of a hook. It writes to the log of the container's bundle. */
  logOf({ plugin }: BoundHook): Logger {
    const { container, stage } = this.#event as HookEvent & { container?: HookContainer };
    return (this.#records.log ?? silentLogger).with({ id: container?.id ?? "", plugin, stage });
  }

  /** Records the outcome of a hook, and the warnings and annotations that it made up to then. */
  called(hook: BoundHook, outcome: Outcome, call: { readonly notes: HookNotes; readonly ms: number }): void {
    this.#decision.called(hook, outcome, call);
    if (hook.mode === "audit") return;
    const log = this.logOf(hook);
    for (const warning of call.notes.warnings) log.warn(warning, { event_id: this.#event.eventId });
  }

  /** Records the changes that a plugin in audit mode requested. */
  wouldChange(hook: BoundHook, adjustments: readonly Adjustment[]): void {
    this.#decision.wouldChange(hook, adjustments);
  }

  /** Counts and logs a refusal. Returns its error if the call is refused for it. */
  judged(hook: BoundHook, outcome: Refusal): StatusError | undefined {
    const { denyCode = "permission-denied" } = this.#records;
    const error = toError(outcome, { hook, event: this.#event, denyCode });
    this.#counts[outcome.kind]++;
    const stack = outcome.kind === "failed" && outcome.error instanceof Error ? outcome.error.stack : undefined;
    const fields = { event_id: this.#event.eventId, error, stack };
    if (isRefused(hook, this.#event.stage, outcome)) {
      this.logOf(hook).info("call refused by a hook", fields);
      return error;
    }
    this.#counts.passed++;
    this.logOf(hook).warn("hook failed, the call continues", fields);
    return undefined;
  }

  /** Records the error that the client gets, and returns it. */
  refused(error: StatusError): StatusError {
    return this.#decision.refused(error);
  }

  /**
   * Writes the records of the run. Resolves when the client may get the answer. A call that the client has cancelled is
   * not a recorded request.
   */
  async end({ changes, isCancelled }: { changes: readonly Change[]; isCancelled: () => boolean }): Promise<void> {
    this.#decision.changes = changes;
    const entry = this.#decision.end();
    await this.#records.audit?.record(entry);
    if (!isCancelled()) this.#records.requests?.record(this.#event, entry);
  }
}
