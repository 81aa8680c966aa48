import type { StatusError } from "@dunnage/ttrpc";
import { Decision } from "../audit/decision.ts";
import type { HookSubject } from "../event/event.ts";
import { newEventId } from "../event/event-id.ts";
import { isMutable, type Stage, stages } from "../event/stages.ts";
import { type BoundHook, isMatch } from "../plugin/bound-hook.ts";
import { EventQueue, settledOrAborted } from "./event-queue.ts";
import { type Exemptions, exemptionOf, noExemptions } from "./exemption.ts";
import type { HookRunner, RunOptions } from "./hook-runner.ts";
import { PhaseRunner, phases } from "./phase-runner.ts";
import { type HookCounts, type Records, StageRecorder } from "./stage-recorder.ts";
import { type StageRun, toEvent } from "./stage-run.ts";

/** Settings of a chain, in addition to its hooks. */
export interface ChainOptions extends Records {
  /** Containers that this chain does not apply to: not even `error` does. Default: none. */
  readonly exempt?: Exemptions | undefined;
  /** Refuses every stage that may deny, because the plugins could not be loaded. */
  readonly error?: StatusError | undefined;
  /** Processes and connections of its plugins. Disposed by `close`. */
  readonly resources?: readonly Disposable[] | undefined;
}

/** The hooks of all plugins, by stage. */
export class HookChain implements HookRunner {
  /** No hooks at all: `has` is false for every stage. */
  static readonly none: HookChain = new HookChain(new Map());

  readonly counts: HookCounts = { denied: 0, failed: 0, timedOut: 0, passed: 0 };
  readonly #hooks: ReadonlyMap<Stage, readonly BoundHook[]>;
  readonly #options: ChainOptions;
  readonly #queue = new EventQueue();
  /** By call, as long as the call exists. */
  readonly #unavailable = new WeakMap<object, StageRun["unavailable"]>();
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

  has(stage: Stage): boolean {
    return this.#hooks.has(stage) || (this.#options.error !== undefined && stages[stage].mayDeny);
  }

  /** Returns the hooks of `stage` in the order in which they run. Those that validate run at the same time. */
  inOrder(stage: Stage): readonly BoundHook[] {
    const hooks = this.#hooks.get(stage) ?? [];
    return phases.flatMap((phase) => hooks.filter((hook) => hook.phase === phase));
  }

  async run(stage: Stage, subject: HookSubject, options: RunOptions): Promise<void> {
    const { error, exempt = noExemptions } = this.#options;
    const isFailing = error !== undefined && stages[stage].mayDeny;
    const hooks = this.#hooks.get(stage)?.filter(({ match }) => isMatch(match, subject.container)) ?? [];
    if (hooks.length === 0 && !isFailing) return;
    const run = {
      stage,
      subject,
      options: { ...options, eventId: options.eventId ?? newEventId() },
      unavailable: this.#unavailableIn(options.call),
    };
    const exemption = exemptionOf(exempt, subject.container);
    if (exemption !== undefined) return this.#passExempt(run, exemption);
    if (isFailing) throw await this.#refuseAll(run, error);
    this.#running++;
    try {
      await this.#runPhases(run, hooks);
    } finally {
      this.#ended();
    }
  }

  notify(stage: Stage, subject: HookSubject): void {
    if (!this.has(stage)) return;
    const key = subject.container?.id ?? "";
    this.#queue.add(key, stage, () => this.run(stage, subject, { signal: new AbortController().signal }));
  }

  async flush(signal: AbortSignal): Promise<void> {
    await this.#queue.flush(signal);
    const { audit, requests } = this.#options;
    await settledOrAborted([audit?.flush?.(), requests?.flush?.()], signal);
  }

  /** Releases the resources of the plugins once all runs and queued events have ended. Call it when no new run will start. */
  close(): void {
    this.#isClosing = true;
    void this.#queue.flush(new AbortController().signal).then(() => this.#release());
  }

  #unavailableIn(call: object | undefined): StageRun["unavailable"] {
    const found = call === undefined ? undefined : this.#unavailable.get(call);
    if (found !== undefined) return found;
    const unavailable: StageRun["unavailable"] = new Map();
    if (call !== undefined) this.#unavailable.set(call, unavailable);
    return unavailable;
  }

  async #runPhases(run: StageRun, hooks: readonly BoundHook[]): Promise<void> {
    const { signal, draft } = run.options;
    const event = toEvent(run);
    const recorder = new StageRecorder(event, this.#options, this.counts);
    try {
      await new PhaseRunner(run, event, recorder).run(hooks);
    } finally {
      await recorder.end({ changes: draft?.changes ?? [], isCancelled: () => signal.aborted });
    }
  }

  #ended(): void {
    this.#running--;
    this.#release();
  }

  #release(): void {
    if (!this.#isClosing || this.#running > 0 || !this.#queue.isEmpty) return;
    for (const each of this.#options.resources ?? []) each[Symbol.dispose]();
    this.#options.audit?.[Symbol.dispose]?.();
  }

  async #refuseAll(run: StageRun, error: StatusError): Promise<StatusError> {
    await this.#options.audit?.record(new Decision(toEvent(run)).refusedAll(error));
    return error;
  }

  /** Records one line for each call: only one of a call's stages can be refused or changed. */
  #passExempt(run: StageRun, exemption: string): void {
    if (!stages[run.stage].mayDeny && !isMutable(run.stage)) return;
    void this.#options.audit?.record(new Decision(toEvent(run)).exempted(exemption));
  }
}
