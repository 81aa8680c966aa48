import { Code, type Service, StatusError } from "@dunnage/ttrpc";
import type { LogFields, Logger } from "../../log/logger.ts";
import { dunnage } from "../../proto/gen/hooks.js";
import { maxTimerMs } from "../../reaper/deadline.ts";
import { parseExactJson } from "../../spec/exact-json.ts";
import { type Answer, encodeAnswer, type Line } from "../connection/answer.ts";
import { encodeConfigured } from "../connection/subscription.ts";
import { frozenCopy, type HookEvent } from "../event/event.ts";
import type { Stage } from "../event/stages.ts";
import type { LoadedPlugin } from "../loader/load-plugins.ts";
import { bindHooks } from "../plugin/bind-hooks.ts";
import { type BoundHook, type Outcome, runToEnd } from "../plugin/bound-hook.ts";
import { HookNotes } from "../plugin/hook-notes.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { textOf } from "../text.ts";

const { CancelRequest, CancelResponse, ConfigureRequest, HandleRequest, NotifyRequest, NotifyResponse } =
  dunnage.hooks.v1;

/**
 * How long after the daemon's deadline the hook's signal aborts. The daemon has seen the timeout by then, so it treats
 * the hook's answer as late, not as a failure of the hook.
 */
const graceMs = 10;

/** Loads the plugin with its `config` table. @throws {Error} with a message for the author of the configuration. */
export type LoadAlone = (name: string, config: unknown) => Promise<LoadedPlugin>;

/** Returns the service that runs the hooks of one plugin for the daemon that started this process. */
export function hookService(load: LoadAlone): Service {
  const host = new PluginHost(load);
  return {
    Configure: (payload) => host.configure(payload),
    Handle: async (payload) => encodeAnswer(await host.handle(HandleRequest.decode(payload))),
    Notify: async (payload) => {
      for (const event of NotifyRequest.decode(payload).events) await host.handle(event);
      return NotifyResponse.encode({}).finish();
    },
    Cancel: (payload) => {
      host.cancel(CancelRequest.decode(payload).call);
      return CancelResponse.encode({}).finish();
    },
  };
}

class PluginHost {
  readonly #load: LoadAlone;
  #hooks: readonly BoundHook[] = [];
  readonly #calls = new Map<number, AbortController>();

  constructor(load: LoadAlone) {
    this.#load = load;
  }

  async configure(payload: Uint8Array): Promise<Uint8Array> {
    const { plugin: name, config_json } = ConfigureRequest.decode(payload);
    const { plugin, config, files } = await this.#loadOrRefuse(name, JSON.parse(Buffer.from(config_json).toString()));
    const stages = Object.keys(plugin.hooks ?? {}) as Stage[];
    const bound = stages.flatMap((stage) => this.#bind({ name, plugin, config }, stage));
    this.#hooks = bound.map(({ hook }) => hook);
    return encodeConfigured({ name: plugin.name, hooks: bound.map(({ subscription }) => subscription), files });
  }

  async handle(request: dunnage.hooks.v1.IHandleRequest): Promise<Answer> {
    const { hook: index, timeout_ms, event_json } = request;
    const call = request.call ?? 0;
    const hook = this.#hooks[index ?? 0];
    if (hook === undefined) throw new StatusError(Code.NotFound, `there is no hook ${index}`);
    const event = frozenCopy(parseExactJson(Buffer.from(event_json ?? []).toString())) as HookEvent;
    const [lines, notes]: [Line[], HookNotes] = [[], new HookNotes()];
    const abort = new AbortController();
    const leftMs = timeout_ms ?? 0;
    const expire = (): void => abort.abort(new DOMException("the hook's time has passed", "TimeoutError"));
    const timer = setTimeout(expire, Math.min(leftMs + graceMs, maxTimerMs));
    this.#calls.set(call, abort);
    try {
      const deadlineAt = new Date(Date.now() + leftMs);
      const limits = { signal: abort.signal, log: logTo(lines), notes, deadlineAt };
      return { lines, ...notes, ...toVerdict(await runToEnd(hook, event, limits)) };
    } finally {
      clearTimeout(timer);
      this.#calls.delete(call);
    }
  }

  cancel(call: number): void {
    this.#calls.get(call)?.abort(new DOMException("the client has cancelled the call", "AbortError"));
  }

  async #loadOrRefuse(name: string, config: unknown): Promise<LoadedPlugin> {
    try {
      const loaded = await this.#load(name, config);
      const { runtime, module } = loaded.plugin;
      if (runtime === undefined && module === undefined) return loaded;
      throw new Error("a plugin with a runtime or a module cannot be isolated, they are parts of the daemon");
    } catch (error) {
      throw new StatusError(Code.InvalidArgument, textOf(error));
    }
  }

  /** Binds the hooks of a stage in the plugin's own order. The daemon puts them into the order of the stage. */
  #bind({ name, plugin, config }: { name: string; plugin: Plugin; config: unknown }, stage: Stage) {
    const declared = plugin.hooks?.[stage];
    const list = (Array.isArray(declared) ? declared : [declared]).filter((each) => each !== undefined);
    return list.flatMap((each) => {
      const hooks = { [stage]: each };
      const [hook] = bindHooks([{ source: { name }, plugin: { hooks }, config }]).get(stage) ?? [];
      if (hook === undefined) return [];
      const settings = typeof each === "function" ? {} : each;
      return [{ hook, subscription: { ...settings, stage, phase: hook.phase } }];
    });
  }
}

/** @throws {Error} the hook has failed. */
function toVerdict(outcome: Outcome): Pick<Answer, "denial" | "adjustments"> {
  switch (outcome.kind) {
    case "done":
      return { denial: undefined, adjustments: outcome.adjustments };
    case "denied":
      return { denial: outcome, adjustments: [] };
    case "failed":
      if (outcome.error instanceof Error) console.error(outcome.error.stack);
      throw new StatusError(Code.Unknown, textOf(outcome.error));
    default:
      throw new StatusError(Code.Canceled, "no call waits for the hook any more");
  }
}

function logTo(lines: Line[], fixed: LogFields = {}): Logger {
  const write =
    (level: Line["level"]) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields: { ...fixed, ...fields } });
  const logger = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  return { ...logger, with: (fields) => logTo(lines, { ...fixed, ...fields }) };
}
