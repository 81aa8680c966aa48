import { Code, StatusError } from "@dunnage/ttrpc";
import type { Logger } from "../../log/logger.ts";
import type { Draft } from "../adjustment/draft.ts";
import type { AuditSink } from "../audit/audit-entry.ts";
import { Decision } from "../audit/decision.ts";
import { type HookEvent, type HookSubject, toHookEvent } from "../event/event.ts";
import { newEventId } from "../event/event-id.ts";
import { isMutable, type Stage, stages } from "../event/stages.ts";
import { type BoundHook, isMatch, type Outcome, runHook } from "../plugin/bound-hook.ts";
import { HookNotes } from "../plugin/hook-notes.ts";
import type { DenyCode, Phase } from "../plugin/plugin.ts";
import { isRefused, type Refusal, toError } from "../plugin/verdict.ts";
import type { RequestSink } from "../recording/request-recorder.ts";
import { EventQueue, settledOrAborted } from "./event-queue.ts";
import { type Exemptions, exemptionOf, noExemptions } from "./exemption.ts";

/** Options of one run of a stage. */
export interface RunOptions {
  /** Default: a new id. A repetition passes the earlier id, so hooks can recognise it. */
  readonly eventId?: string | undefined;
  /** Whether `delete` runs the stage for a daemon that died. Default: false. */
  readonly replay?: boolean | undefined;
  /** What mutating hooks change. Without a draft they still run, but there is nothing to change. */
  readonly draft?: Draft | undefined;
  /** The fields of the event that come from the draft. */
  readonly view?: ((draft: Draft) => object) | undefined;
}

/** Counters for denied, failed and timed-out hooks. Fail-open must be visible somewhere. */
export interface HookCounts {
  denied: number;
  failed: number;
  timedOut: number;
  /** Denials, failures and timeouts after which the call continued all the same. */
  passed: number;
}

/** Settings of a chain, in addition to its hooks. */
export interface ChainOptions {
  readonly log?: Logger | undefined;
  readonly audit?: AuditSink | undefined;
  /** Receives the judged events, with their outcome. */
  readonly requests?: RequestSink | undefined;
  /** Default: permission-denied. */
  readonly denyCode?: DenyCode | undefined;
  /** Containers that this chain does not apply to: not even `error` does. Default: none. */
  readonly exempt?: Exemptions | undefined;
  /** Refuses every stage that may deny, because the plugins could not be loaded. */
  readonly error?: StatusError | undefined;
  /** What its plugins hold: processes, connections. Disposed by `close`. */
  readonly held?: readonly Disposable[] | undefined;
}

const phases: readonly Phase[] = ["mutate", "validate", "act"];

/** The hooks of all plugins, by stage. */
export class HookChain {
  /** No hooks at all: `has` is false for every stage. */
  static readonly none: HookChain = new HookChain(new Map());

  readonly counts: HookCounts = { denied: 0, failed: 0, timedOut: 0, passed: 0 };
  readonly #hooks: ReadonlyMap<Stage, readonly BoundHook[]>;
  readonly #options: ChainOptions;
  readonly #queue = new EventQueue();
  /** Runs that have started and have not ended. */
  #running = 0;
  #isClosing = false;

  /** Returns a chain whose plugins could not be loaded: it refuses every stage that may deny, with `error`. */
  static failing(error: StatusError, options: Pick<ChainOptions, "audit" | "exempt"> = {}): HookChain {
    const { audit, exempt } = options;
    return new HookChain(new Map(), { error, audit, exempt });
  }

  /** `hooks`: those of each stage, in the order in which they run within their phase. */
  constructor(hooks: ReadonlyMap<Stage, readonly BoundHook[]>, options: ChainOptions = {}) {
    this.#hooks = hooks;
    this.#options = options;
  }

  /** Whether `run` would do anything. If not, callers skip it, and whatever only it needs. */
  has(stage: Stage): boolean {
    return this.#hooks.has(stage) || (this.#options.error !== undefined && stages[stage].mayDeny);
  }

  /** Returns the hooks of `stage` in the order in which they run. Those that validate run at the same time. */
  inOrder(stage: Stage): readonly BoundHook[] {
    const hooks = this.#hooks.get(stage) ?? [];
    return phases.flatMap((phase) => hooks.filter((hook) => hook.phase === phase));
  }

  /**
   * Runs the hooks of `stage`, phase by phase, each hook within its own deadline.
   * @throws {StatusError} Only in stages that may deny: PermissionDenied, or the code of the denial – a hook denied the
   * call; FailedPrecondition – two plugins request different changes; Internal, Unavailable – a hook threw or missed
   * its deadline, and its failures close. In any pre stage: the reason with which `signal` aborted. All other failures
   * are logged and counted.
   */
  async run(stage: Stage, subject: HookSubject, signal: AbortSignal, options: RunOptions = {}): Promise<void> {
    const { error, exempt = noExemptions } = this.#options;
    const isFailing = error !== undefined && stages[stage].mayDeny;
    const hooks = this.#hooks.get(stage)?.filter(({ match }) => isMatch(match, subject.container)) ?? [];
    if (hooks.length === 0 && !isFailing) return;
    const exemption = exemptionOf(exempt, subject.container);
    if (exemption !== undefined) return this.#passExempt(stage, subject, options, exemption);
    if (isFailing) throw await this.#refuseAll(stage, subject, options, error);
    this.#running++;
    try {
      await new Run(this, this.#options, stage, subject, signal, options).run(hooks);
    } finally {
      this.#ended();
    }
  }

  /**
   * Queues the hooks of an event. They run after those of earlier events of the same container. No call waits for them.
   */
  tell(stage: Stage, subject: HookSubject, options: RunOptions = {}): void {
    if (!this.has(stage)) return;
    const key = subject.container?.id ?? "";
    this.#queue.add(key, stage, () => this.run(stage, subject, new AbortController().signal, options));
  }

  /** Settles when every queued event has been handled and what was recorded is written, or when `signal` aborts. */
  async flush(signal: AbortSignal): Promise<void> {
    await this.#queue.flush(signal);
    const { audit, requests } = this.#options;
    await settledOrAborted([audit?.flush?.(), requests?.flush?.()], signal);
  }

  /** Releases what the plugins hold, once all runs and queued events have ended. Call it when no new run will start. */
  close(): void {
    this.#isClosing = true;
    void this.#queue.flush(new AbortController().signal).then(() => this.#release());
  }

  #ended(): void {
    this.#running--;
    this.#release();
  }

  #release(): void {
    if (!this.#isClosing || this.#running > 0 || !this.#queue.isEmpty) return;
    for (const each of this.#options.held ?? []) each[Symbol.dispose]();
    this.#options.audit?.[Symbol.dispose]?.();
  }

  async #refuseAll(stage: Stage, subject: HookSubject, options: RunOptions, error: StatusError): Promise<StatusError> {
    await this.#options.audit?.record(new Decision(eventOf(stage, subject, options)).refusedAll(error));
    return error;
  }

  /** Records one line for each call: only one of a call's stages can be refused or changed. */
  #passExempt(stage: Stage, subject: HookSubject, options: RunOptions, exemption: string): void {
    if (!stages[stage].mayDeny && !isMutable(stage)) return;
    void this.#options.audit?.record(new Decision(eventOf(stage, subject, options)).exempted(exemption));
  }
}

/** Returns the event as of now, with the fields of the draft. */
function eventOf(stage: Stage, subject: HookSubject, options: RunOptions): HookEvent {
  const { eventId = newEventId(), replay = false, draft, view } = options;
  const fields = draft === undefined ? {} : view?.(draft);
  return toHookEvent(stage, { ...subject, ...fields }, { eventId, replay });
}

/** One run of one stage. */
class Run {
  readonly #chain: HookChain;
  readonly #chainOptions: ChainOptions;
  readonly #stage: Stage;
  readonly #subject: HookSubject;
  readonly #signal: AbortSignal;
  readonly #options: RunOptions;
  readonly #eventId: string;
  #event: HookEvent;
  /** The event as the first hook sees it. */
  readonly #asked: HookEvent;
  readonly #decision: Decision;

  constructor(
    chain: HookChain,
    chainOptions: ChainOptions,
    stage: Stage,
    subject: HookSubject,
    signal: AbortSignal,
    options: RunOptions,
  ) {
    this.#chain = chain;
    this.#chainOptions = chainOptions;
    this.#stage = stage;
    this.#subject = subject;
    this.#signal = signal;
    this.#options = options;
    this.#eventId = options.eventId ?? newEventId();
    this.#asked = this.#toEvent();
    this.#event = this.#asked;
    this.#decision = new Decision(this.#event);
  }

  async run(hooks: readonly BoundHook[]): Promise<void> {
    const of = (phase: Phase): readonly BoundHook[] => hooks.filter((hook) => hook.phase === phase);
    try {
      for (const hook of of("mutate")) this.#judge([[hook, await this.#call(hook)]]);
      const validators = of("validate");
      const outcomes = await Promise.all(validators.map(async (hook) => [hook, await this.#call(hook)] as const));
      this.#judge(outcomes);
      for (const hook of of("act")) this.#judge([[hook, await this.#call(hook)]]);
    } catch (error) {
      if (error !== abandoned) throw error;
      if (stages[this.#stage].kind === "pre") throw StatusError.from(this.#signal.reason, Code.Canceled);
    } finally {
      this.#decision.changes = this.#options.draft?.changes ?? [];
      const entry = this.#decision.end();
      await this.#chainOptions.audit?.record(entry);
      if (!this.#signal.aborted) this.#chainOptions.requests?.record(this.#asked, entry);
    }
  }

  /** Returns the event with the draft as it is now. */
  #toEvent(): HookEvent {
    return eventOf(this.#stage, this.#subject, { ...this.#options, eventId: this.#eventId });
  }

  /** Applies the changes that a hook requested. If they cannot be applied, the hook has failed. */
  #commit(hook: BoundHook, outcome: Outcome): Outcome {
    const { draft } = this.#options;
    if (outcome.kind !== "done" || draft === undefined || outcome.adjustments.length === 0) return outcome;
    if (hook.mode === "audit") {
      this.#decision.wouldChange(hook, outcome.adjustments);
      return outcome;
    }
    try {
      draft.commit(hook, outcome.adjustments);
    } catch (error) {
      return { kind: "failed", error, ...(StatusError.is(error) ? { code: error.code } : {}) };
    }
    this.#event = this.#toEvent();
    return outcome;
  }

  async #call(hook: BoundHook): Promise<Outcome> {
    const begun = performance.now();
    const [log, notes] = [this.#logOf(hook), new HookNotes()];
    const answer = await runHook(hook, this.#event, { signal: this.#signal, log, notes });
    const outcome = hook.phase === "mutate" ? this.#commit(hook, answer) : answer;
    this.#decision.called(hook, outcome, { notes, ms: performance.now() - begun });
    if (hook.mode !== "audit") for (const each of notes.warnings) log.warn(each, { event_id: this.#eventId });
    return outcome;
  }

  /**
   * Throws the error that the client gets: that of the first refusal. The other refusals are only logged and counted.
   */
  #judge(outcomes: readonly (readonly [BoundHook, Outcome])[]): void {
    let first: StatusError | undefined;
    let others = 0;
    for (const [hook, outcome] of outcomes) {
      if (outcome.kind === "abandoned") throw abandoned;
      if (outcome.kind === "done") continue;
      const error = this.#count(hook, outcome);
      if (error !== undefined && first !== undefined) others++;
      first ??= error;
    }
    if (first === undefined) return;
    const more = others > 0 ? ` (+${others} more)` : "";
    throw this.#decision.refused(new StatusError(first.code, `${first.message}${more}`));
  }

  /** Counts and logs an outcome. Returns its error if the call is refused for it. */
  #count(hook: BoundHook, outcome: Refusal): StatusError | undefined {
    const { counts } = this.#chain;
    const error = toError(hook, this.#event, outcome, this.#chainOptions.denyCode ?? "permission-denied");
    counts[outcome.kind]++;
    const stack = outcome.kind === "failed" && outcome.error instanceof Error ? outcome.error.stack : undefined;
    const fields = { event_id: this.#eventId, error, stack };
    if (isRefused(hook, this.#stage, outcome)) {
      this.#logOf(hook).info("call refused by a hook", fields);
      return error;
    }
    counts.passed++;
    this.#logOf(hook).warn("hook failed, the call continues", fields);
    return undefined;
  }

  #logOf(hook: BoundHook): Logger {
    const log = this.#chainOptions.log as Logger;
    return log.with({ id: this.#subject.container?.id ?? "", plugin: hook.plugin, stage: this.#stage });
  }
}

/** Thrown within a run when the client has cancelled the call. */
const abandoned = Symbol("abandoned");
