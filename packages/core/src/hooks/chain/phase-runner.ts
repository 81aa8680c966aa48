import { Code, StatusError } from "@dunnage/ttrpc";
import type { HookEvent } from "../event/event.ts";
import { stages } from "../event/stages.ts";
import { type BoundHook, type HookLimits, type Outcome, runHook } from "../plugin/bound-hook.ts";
import { HookNotes } from "../plugin/hook-notes.ts";
import type { Phase } from "../plugin/plugin.ts";
import type { StageRecorder } from "./stage-recorder.ts";
import { type StageRun, toEvent } from "./stage-run.ts";

/** In the order in which they run. */
export const phases: readonly Phase[] = ["mutate", "validate", "act"];

/** A hook, and how it ended. */
type Called = readonly [hook: BoundHook, outcome: Outcome];

/** Runs the hooks of one stage, phase by phase, and applies the changes that they request. */
export class PhaseRunner {
  readonly #run: StageRun;
  readonly #recorder: StageRecorder;
  /** Undefined after a change: the next hook gets a new one. */
  #event: HookEvent | undefined;

  /** `event`: that of the run, as the first hook sees it. */
  constructor(run: StageRun, event: HookEvent, recorder: StageRecorder) {
    this.#run = run;
    this.#event = event;
    this.#recorder = recorder;
  }

  /** @throws {StatusError} as `HookRunner.run`. */
  async run(hooks: readonly BoundHook[]): Promise<void> {
    const inPhase = (phase: Phase): readonly BoundHook[] => hooks.filter((hook) => hook.phase === phase);
    try {
      for (const hook of inPhase("mutate")) this.#judge([await this.#call(hook)]);
      this.#judge(await Promise.all(inPhase("validate").map((hook) => this.#call(hook))));
      for (const hook of inPhase("act")) this.#judge([await this.#call(hook)]);
    } catch (error) {
      if (error !== abandoned) throw error;
      const { stage, options } = this.#run;
      if (stages[stage].kind === "pre") throw StatusError.from(options.signal.reason, Code.Canceled);
    }
  }

  async #call(hook: BoundHook): Promise<Called> {
    const startedAt = performance.now();
    const notes = new HookNotes();
    const { signal } = this.#run.options;
    const limits = { signal, log: this.#recorder.logOf(hook), notes };
    const answer = this.#unavailable(hook) ?? (await this.#ask(hook, limits));
    const outcome = hook.phase === "mutate" ? this.#commit(hook, answer) : answer;
    this.#recorder.called(hook, outcome, { notes, ms: performance.now() - startedAt });
    return [hook, outcome];
  }

  /** Returns how an earlier hook of the plugin ended, if it ended because the server is unavailable and still is. */
  #unavailable({ plugin, isUnavailable }: BoundHook): Outcome | undefined {
    return isUnavailable?.() ? this.#run.unavailable.get(plugin) : undefined;
  }

  /** All hooks between two changes get the same event: it is deeply frozen. */
  async #ask(hook: BoundHook, limits: HookLimits): Promise<Outcome> {
    this.#event ??= toEvent(this.#run);
    const outcome = await runHook(hook, this.#event, limits);
    const { plugin, isUnavailable } = hook;
    const hasFailed = outcome.kind === "failed" || outcome.kind === "timedOut";
    if (hasFailed && isUnavailable?.()) this.#run.unavailable.set(plugin, outcome);
    return outcome;
  }

  /** Applies the changes that a hook requested. If they cannot be applied, the hook has failed. */
  #commit(hook: BoundHook, outcome: Outcome): Outcome {
    const { draft } = this.#run.options;
    if (outcome.kind !== "done" || draft === undefined || outcome.adjustments.length === 0) return outcome;
    if (hook.mode === "audit") {
      this.#recorder.wouldChange(hook, outcome.adjustments);
      return outcome;
    }
    try {
      draft.commit(hook, outcome.adjustments);
    } catch (error) {
      return { kind: "failed", error, ...(StatusError.is(error) ? { code: error.code } : {}) };
    }
    this.#event = undefined;
    return outcome;
  }

  /**
   * Throws the error that the client gets: that of the first refusal. The other refusals are only logged and counted.
   */
  #judge(called: readonly Called[]): void {
    const errors: StatusError[] = [];
    for (const [hook, outcome] of called) {
      if (outcome.kind === "abandoned") throw abandoned;
      const error = outcome.kind === "done" ? undefined : this.#recorder.judged(hook, outcome);
      if (error !== undefined) errors.push(error);
    }
    const [first, ...others] = errors;
    if (first === undefined) return;
    const more = others.length > 0 ? ` (+${others.length} more)` : "";
    throw this.#recorder.refused(new StatusError(first.code, `${first.message}${more}`));
  }
}

/** Thrown within a run when the client has cancelled the call. */
const abandoned = Symbol("abandoned");
