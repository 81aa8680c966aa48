import type { ChainOptions, HookChain } from "../../src/hooks/chain/chain.ts";
import type { HookRunner } from "../../src/hooks/chain/hook-runner.ts";
import type { HookSubject } from "../../src/hooks/event/event.ts";
import { type PluginSource, toHookChain } from "../../src/hooks/loader/load-plugins.ts";
import type { OpenPlugin } from "../../src/hooks/plugin/bind-hooks.ts";
import type { Hooks } from "../../src/hooks/plugin/plugin.ts";
import { RecordingLog } from "./recording-log.ts";

/** A container as the Task API describes it to hooks. */
export const subject: HookSubject = {
  container: {
    id: "c1",
    namespace: "default",
    bundle: "/b/c1",
    runtime: "runc",
    kind: "standalone",
    annotations: { a: "1" },
  },
  pid: 42,
};

/** A signal that never aborts. */
export const never = new AbortController().signal;

/** A plugin's hooks, and optionally its settings from the configuration. */
export interface FakePlugin extends Partial<PluginSource>, Pick<OpenPlugin, "isUnavailable"> {
  readonly hooks: Hooks;
}

/** Builds a chain of plugins `p1`, `p2` …, with a log that records its lines. */
export function chainOf(...plugins: readonly FakePlugin[]): { chain: HookChain; log: RecordingLog } {
  return chainWith({}, ...plugins);
}

/** Like `chainOf`, with options. */
export function chainWith(
  options: ChainOptions,
  ...plugins: readonly FakePlugin[]
): { chain: HookChain; log: RecordingLog } {
  const log = new RecordingLog();
  const loaded = plugins.map(({ hooks, config = {}, isUnavailable = () => false, ...rest }, i) => {
    const name = rest.name ?? `p${i + 1}`;
    const plugin = { name, apiVersion: 1 as const, hooks, isUnavailable };
    return { source: { use: "module:/x.mjs", ...rest, name }, plugin, config };
  });
  return { chain: toHookChain(loaded, { log, ...options }), log };
}

/** Returns hooks with the `given` methods; an event's hook runs as soon as the event is reported. */
export function fakeHooks(given: Partial<Pick<HookRunner, "has" | "run">>): HookRunner {
  const run: HookRunner["run"] = given.run ?? (async () => {});
  return {
    has: () => false,
    ...given,
    run,
    notify: (stage, event) => void run(stage, event, { signal: never }),
    flush: async () => {},
  };
}
