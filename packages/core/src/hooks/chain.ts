import { Code, StatusError } from "@dunnage/ttrpc";
import { permissionDenied } from "../errors/errors.ts";
import type { Logger } from "../log/logger.ts";
import { type BoundHook, type Outcome, runHook } from "./bound-hook.ts";
import { type HookEvent, type HookSubject, toHookEvent } from "./event.ts";
import { newEventId } from "./event-id.ts";
import { type Stage, stages } from "./stages.ts";

/** Longest message that a client gets to read, in UTF-16 units. */
const maxMessageLength = 900;

/** What tells a repetition from a first run. */
export interface RunOptions {
  /** Default: a new one. */
  readonly eventId?: string;
  /** Whether `delete` runs the stage for a daemon that died. Default: false. */
  readonly replay?: boolean;
}

/** How often hooks ended otherwise than they should; a failure that lets a call pass must not stay unseen. */
export interface HookCounts {
  denied: number;
  failed: number;
  timedOut: number;
  /** Failures and timeouts in spite of which the call went on. */
  passed: number;
}

/** The hooks of all plugins, by stage. */
export class HookChain {
  /** No hooks at all: `has` is false for every stage. */
  static readonly none: HookChain = new HookChain(new Map(), undefined);

  readonly counts: HookCounts = { denied: 0, failed: 0, timedOut: 0, passed: 0 };
  readonly #hooks: ReadonlyMap<Stage, readonly BoundHook[]>;
  readonly #log: Logger | undefined;
  readonly #error: StatusError | undefined;

  /** A chain that refuses every stage that may deny with `error`: its plugins could not be loaded. */
  static failing(error: StatusError): HookChain {
    return new HookChain(new Map(), undefined, error);
  }

  /** `hooks` of each stage in the order in which they run. */
  constructor(hooks: ReadonlyMap<Stage, readonly BoundHook[]>, log: Logger | undefined, error?: StatusError) {
    this.#hooks = hooks;
    this.#log = log;
    this.#error = error;
  }

  /** Whether `run` would do anything: callers skip it, and what it needs, when not. */
  has(stage: Stage): boolean {
    return this.#hooks.has(stage) || (this.#error !== undefined && stages[stage].mayDeny);
  }

  /**
   * Runs the hooks of `stage` one after the other, each within its own deadline.
   * @throws {StatusError} only in stages that may deny: PermissionDenied – a hook denied, and those after it did not run;
   * Internal, Unavailable – one threw or took too long, and its failures close; and in any pre stage what `signal` aborted
   * with. All other failures are logged and counted.
   */
  async run(stage: Stage, subject: HookSubject, signal: AbortSignal, options: RunOptions = {}): Promise<void> {
    if (this.#error !== undefined && stages[stage].mayDeny) throw this.#error;
    const hooks = this.#hooks.get(stage);
    if (hooks === undefined) return;
    const { eventId = newEventId(), replay = false } = options;
    const event = toHookEvent(stage, subject, { eventId, replay });
    for (const hook of hooks) {
      const outcome = await runHook(hook, event, { signal, log: this.#logOf(hook, event) });
      if (outcome.kind === "abandoned") return abandon(stage, signal);
      if (outcome.kind !== "done") this.#judge(hook, event, outcome);
    }
  }

  #logOf(hook: BoundHook, { container, stage }: HookEvent): Logger {
    const log = this.#log as Logger;
    return log.with({ id: container.id, plugin: hook.plugin, stage });
  }

  /** Throws what the client gets, or logs why it gets nothing. */
  #judge(hook: BoundHook, event: HookEvent, outcome: Bad): void {
    const error = toError(hook, event, outcome);
    this.counts[outcome.kind]++;
    const isOpen = outcome.kind !== "denied" && hook.onError === "open";
    const isRefused = stages[event.stage].mayDeny && !isOpen;
    if (!isRefused) this.counts.passed++;
    const stack = outcome.kind === "failed" && outcome.error instanceof Error ? outcome.error.stack : undefined;
    const fields = { event_id: event.eventId, error, stack };
    if (isRefused) this.#logOf(hook, event).info("call refused by a hook", fields);
    else this.#logOf(hook, event).warn("hook failed, the call goes on", fields);
    if (isRefused) throw error;
  }
}

type Bad = Exclude<Outcome, { kind: "done" | "abandoned" }>;

function abandon(stage: Stage, signal: AbortSignal): void {
  if (stages[stage].kind === "pre") throw StatusError.from(signal.reason, Code.Canceled);
}

// A timeout is Unavailable, not DeadlineExceeded: clients take that one for "the call may have been carried out".
function toError(hook: BoundHook, event: HookEvent, outcome: Bad): StatusError {
  const where = `${hook.plugin} at ${event.stage}`;
  const id = `[id=${event.eventId}]`;
  switch (outcome.kind) {
    case "denied":
      return permissionDenied(message(`dunnage: denied by ${where}`, outcome.reason, id));
    case "failed":
      return new StatusError(Code.Internal, message(`dunnage: hook failed: ${where}`, textOf(outcome.error), id));
    case "timedOut": {
      const text = message(`dunnage: hook timed out: ${where}`, `no answer within ${hook.timeoutMs} ms`, id);
      return new StatusError(Code.Unavailable, text);
    }
  }
}

/** One line: `what: why [id=…]`; `why` is cut, never the id. */
function message(what: string, why: string, id: string): string {
  const line = why.replaceAll(/\s+/g, " ").trim();
  const room = Math.max(0, maxMessageLength - what.length - id.length - 3);
  return `${what}: ${line.length > room ? `${line.slice(0, room - 1)}…` : line} ${id}`;
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return "unknown error";
  }
}
