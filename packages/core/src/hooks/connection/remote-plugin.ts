import { Code, StatusError } from "@dunnage/ttrpc";
import { dunnage } from "../../proto/gen/hooks.js";
import { formatExactJson } from "../../spec/exact-json.ts";
import type { HookContainer, HookEvent } from "../event/event.ts";
import { isMutable, type Stage, stages } from "../event/stages.ts";
import type { OpenPlugin } from "../plugin/bind-hooks.ts";
import { HookUnavailable, isMatch } from "../plugin/bound-hook.ts";
import type { HookDefinition, Hooks, MutatingContext, Phase } from "../plugin/plugin.ts";
import { pluginApiVersion } from "../plugin/plugin.ts";
import { type Answer, decodeAnswer } from "./answer.ts";
import type { HookLink, HookSession } from "./hook-link.ts";
import type { Subscription } from "./subscription.ts";

const { CancelRequest, HandleRequest, NotifyRequest } = dunnage.hooks.v1;

/** How long to wait for a hook after its deadline. A hook that honours its signal has ended by then. */
const graceMs = 250;
const cancelTimeoutMs = 1_000;

/** Selects those of a server's subscriptions that a hook calls. */
type Select = (session: HookSession, event: HookEvent) => readonly Subscription[];

/**
 * Returns a plugin whose hooks are those of a server. `hooks` is undefined if the server could not be asked. Then the
 * plugin has one hook in each stage and phase, which asks the server. So no call passes that the server might have
 * wanted to judge.
 */
export function remotePlugin(
  name: string,
  link: HookLink,
  hooks: readonly Subscription[] | undefined,
): OpenPlugin & Disposable {
  const remote = new RemoteHooks(link);
  return {
    name,
    apiVersion: pluginApiVersion,
    hooks: hooks === undefined ? remote.hooksOfEveryStage() : remote.hooksOf(hooks),
    isUnavailable: () => link.isUnavailable,
    [Symbol.dispose]: () => link[Symbol.dispose](),
  };
}

class RemoteHooks {
  readonly #link: HookLink;
  #calls = 0;

  constructor(link: HookLink) {
    this.#link = link;
  }

  hooksOf(subscriptions: readonly Subscription[]): Hooks {
    const lists: Partial<Record<Stage, unknown[]>> = {};
    for (const { key, index: _index, stage, ...settings } of subscriptions) {
      const select: Select = ({ hooks }) => hooks.filter((hook) => hook.key === key);
      lists[stage] = [...(lists[stage] ?? []), { ...settings, handler: this.#handler(select) }];
    }
    return lists as Hooks;
  }

  hooksOfEveryStage(): Hooks {
    const hooksOf = (stage: Stage) => phasesOf(stage).map((phase) => this.#hookOf(stage, phase));
    return Object.fromEntries((Object.keys(stages) as Stage[]).map((stage) => [stage, hooksOf(stage)])) as Hooks;
  }

  #hookOf(stage: Stage, phase: Phase): { readonly phase: Phase; readonly handler: Handler } {
    const select: Select = ({ hooks }, event) =>
      hooks.filter((hook) => hook.stage === stage && hook.phase === phase && isMatch(hook.match, containerOf(event)));
    return { phase, handler: this.#handler(select) };
  }

  #handler(select: Select): Handler {
    return async (event, context) => {
      const session = await this.#link.session();
      for (const hook of select(session, event)) {
        if (context.signal.aborted) return;
        await this.#ask({ session, hook, event }, context as Context);
      }
    };
  }

  async #ask({ session, hook, event }: Question, context: Context): Promise<void> {
    const { signal } = context;
    const call = ++this.#calls;
    const leftMs = Math.max(1, context.deadlineAt.getTime() - Date.now());
    const request = toRequest({ hook, event }, call, Math.ceil(leftMs));
    // A timeout is not reported: the server knows the deadline, and a hook that keeps running is ended.
    const onAbort = (): void => {
      if ((signal.reason as Error | undefined)?.name !== "TimeoutError") cancel(session, call);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const answer = await this.#call(session, request, leftMs + graceMs);
      if (signal.aborted) return this.#link.answeredLate(session);
      this.#link.succeeded();
      if (answer !== undefined) carryOut(answer, context);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #call(
    session: HookSession,
    request: dunnage.hooks.v1.IHandleRequest,
    timeoutMs: number,
  ): Promise<Answer | undefined> {
    const { transport } = session;
    const isEvent = stages[request.stage as Stage].kind === "event";
    try {
      if (!isEvent) {
        const payload = HandleRequest.encode(request).finish();
        return decodeAnswer(await transport.call("Handle", payload, timeoutMs));
      }
      await transport.call("Notify", NotifyRequest.encode({ events: [request] }).finish(), timeoutMs);
      return undefined;
    } catch (error) {
      throw this.#judge(session, error);
    }
  }

  /**
   * Returns the error of the hook, and counts failures of the server. An answer is not such a failure, even if it says
   * that the hook has failed.
   */
  #judge(session: HookSession, error: unknown): unknown {
    if (error instanceof HookUnavailable) {
      this.#link.lost(session, error);
      return error;
    }
    if (!StatusError.is(error)) return error;
    if (error.code === Code.Unavailable) return this.#judge(session, new HookUnavailable(error.message));
    if (error.code === Code.DeadlineExceeded) {
      this.#link.unanswered(session);
      return new HookUnavailable(error.message);
    }
    if (error.code !== Code.ResourceExhausted) this.#link.succeeded();
    return new Error(error.message, { cause: error });
  }
}

type Context = MutatingContext<"preCreate">;

type Handler = HookDefinition<Stage>["handler"];

/** One event for one hook of a server. */
interface Question {
  readonly session: HookSession;
  readonly hook: Subscription;
  readonly event: HookEvent;
}

const phasesOf = (stage: Stage): readonly Phase[] =>
  isMutable(stage) ? ["mutate", "validate", "act"] : ["validate", "act"];

function toRequest(
  { hook, event }: Pick<Question, "hook" | "event">,
  call: number,
  timeoutMs: number,
): dunnage.hooks.v1.IHandleRequest {
  const { index, stage, phase } = hook;
  const { eventId: event_id, replay } = event;
  const event_json = Buffer.from(formatExactJson(event));
  return { call, hook: index, stage, phase, event_id, replay, timeout_ms: timeoutMs, event_json };
}

function cancel({ transport }: HookSession, call: number): void {
  const payload = CancelRequest.encode({ call }).finish();
  transport.call("Cancel", payload, cancelTimeoutMs).catch(() => undefined); // a server need not know this method
}

function carryOut({ denial, adjustments, lines, warnings, annotations }: Answer, context: Context): void {
  for (const { level, message, fields } of lines) context.log[level](message, fields);
  for (const warning of warnings) context.warn(warning);
  for (const [key, value] of annotations) context.annotate(key, value);
  if (denial !== undefined) context.deny(denial.reason, denial.options);
  if (adjustments.length === 0) return;
  if (context.adjust === undefined) throw new Error("it wants to change something, but not in the phase mutate");
  for (const adjustment of adjustments) context.adjust.apply(adjustment);
}

const containerOf = (event: HookEvent): HookContainer | undefined => (event as { container?: HookContainer }).container;
