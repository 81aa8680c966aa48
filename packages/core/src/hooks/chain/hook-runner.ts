import type { Draft } from "../adjustment/draft.ts";
import type { HookSubject } from "../event/event.ts";
import type { Stage } from "../event/stages.ts";

/** The hooks as the Task API calls them: a chain, or one that follows the configuration. */
export interface HookRunner {
  /** Whether `run` would do anything. If not, callers skip it, and whatever only it needs. */
  has(stage: Stage): boolean;
  /**
   * Runs the hooks of `stage`, phase by phase, each hook within its own deadline.
   * @throws {StatusError} Only in stages that may deny: PermissionDenied, or the code of the denial – a hook denied the
   * call; FailedPrecondition – two plugins request different changes; Internal, Unavailable – a hook threw or missed
   * its deadline, and its failures close. In any pre stage: the reason with which `signal` aborted. All other failures
   * are logged and counted.
   */
  run(stage: Stage, subject: HookSubject, options: RunOptions): Promise<void>;
  /**
   * Queues the hooks of an event. They run after those of earlier events of the same container. No call waits for them.
   */
  notify(stage: Stage, subject: HookSubject): void;
  /** Settles when every queued event has been handled and what was recorded is written, or when `signal` aborts. */
  flush(signal: AbortSignal): Promise<void>;
  /**
   * Reloads the configuration if it changed (undefined: unchanged). Calls that start after it settles use the new
   * hooks, or the last valid ones if loading failed.
   */
  refresh?(): Promise<void> | undefined;
  /** Releases what plugins hold. No hook may be called afterwards. */
  close?(): void;
}

/** Options of one run of a stage. */
export interface RunOptions {
  /** Aborts if the client cancels the call. */
  readonly signal: AbortSignal;
  /**
   * The call of the Task API that the stage belongs to, if it has several stages. A call waits for a hook server that is
   * unavailable only once.
   */
  readonly call?: object | undefined;
  /** Default: a new id. A repetition passes the earlier id, so hooks can recognise it. */
  readonly eventId?: string | undefined;
  /** Whether `delete` runs the stage for a daemon that died. Default: false. */
  readonly replay?: boolean | undefined;
  /** What mutating hooks change. Without a draft they still run, but there is nothing to change. */
  readonly draft?: Draft | undefined;
  /** The fields of the event that come from the draft. */
  readonly view?: ((draft: Draft) => object) | undefined;
}
