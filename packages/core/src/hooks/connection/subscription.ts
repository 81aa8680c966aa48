import { dunnage } from "../../proto/gen/hooks.js";
import { isMutable, isStage, type Stage } from "../event/stages.ts";
import type { HookMatch, HookSettings, Phase } from "../plugin/plugin.ts";

const { ConfigureResponse } = dunnage.hooks.v1;

/** A hook of a server: the stage and phase in which it wants to be called, and its settings. */
export interface Subscription extends HookSettings {
  readonly stage: Stage;
  readonly phase: Phase;
  /** Index in the server's list. */
  readonly index: number;
  /**
   * Distinguishes it from the server's other hooks, also on the next connection: stage, phase, and its number among
   * those.
   */
  readonly key: string;
}

/** A server's answer to Configure. */
export interface Configured {
  readonly name: string;
  readonly hooks: readonly Subscription[];
  /** Files that its configuration names. */
  readonly files: readonly string[];
}

/** Decodes the answer to Configure. @throws {Error} it is not valid. */
export function decodeConfigured(bytes: Uint8Array): Configured {
  const { name, hooks, files } = ConfigureResponse.decode(bytes);
  const counts = new Map<string, number>();
  return {
    name,
    files,
    hooks: hooks.map((subscription, index) => {
      const { stage, phase } = checkPlace(subscription.stage ?? "", subscription.phase || "act");
      const place = `${stage}/${phase}`;
      const ordinal = counts.get(place) ?? 0;
      counts.set(place, ordinal + 1);
      return { ...toSettings(subscription), stage, phase, index, key: `${place}/${ordinal}` };
    }),
  };
}

function checkPlace(stage: string, word: string): { readonly stage: Stage; readonly phase: Phase } {
  if (!isStage(stage)) throw new Error(`the server wants the unknown stage ${JSON.stringify(stage)}`);
  const phase = oneOf(["mutate", "validate", "act"], word, "phase");
  if (phase === "mutate" && !isMutable(stage))
    throw new Error(`the server wants to mutate at ${stage}: nothing can be changed there`);
  return { stage, phase };
}

function toSettings({ order, timeout_ms, on_error, match }: dunnage.hooks.v1.ISubscription): HookSettings {
  return {
    ...(order ? { order: oneOf(["pre", "post"], order, "order") } : {}),
    ...(timeout_ms ? { timeoutMs: timeout_ms } : {}),
    ...(on_error ? { onError: oneOf(["closed", "open"], on_error, "on_error") } : {}),
    ...(match ? { match: toMatch(match) } : {}),
  };
}

function oneOf<const T extends string>(options: readonly T[], word: string, what: string): T {
  if ((options as readonly string[]).includes(word)) return word as T;
  throw new Error(`the server wants the unknown ${what} ${JSON.stringify(word)}`);
}

function toMatch({ namespaces, kinds, runtimes, annotations }: dunnage.hooks.v1.IMatch): HookMatch {
  return {
    ...(namespaces?.length ? { namespaces } : {}),
    ...(kinds?.length ? { kinds: kinds as NonNullable<HookMatch["kinds"]> } : {}),
    ...(runtimes?.length ? { runtimes } : {}),
    ...(annotations ? { annotations } : {}),
  };
}

/** Encodes the answer to Configure of a plugin that runs in a process of its own. */
export function encodeConfigured({
  name,
  hooks,
  files,
}: Omit<Configured, "hooks"> & { readonly hooks: readonly Declared[] }): Uint8Array {
  const subscriptions = hooks.map(({ stage, phase, order, timeoutMs, onError, match }) => ({
    stage,
    phase,
    order: order ?? "",
    timeout_ms: timeoutMs ?? 0,
    on_error: onError ?? "",
    match: match && {
      namespaces: [...(match.namespaces ?? [])],
      kinds: [...(match.kinds ?? [])],
      runtimes: [...(match.runtimes ?? [])],
      annotations: { ...match.annotations },
    },
  }));
  return ConfigureResponse.encode({
    name,
    hooks: subscriptions as dunnage.hooks.v1.ISubscription[],
    files: [...files],
  }).finish();
}

type Declared = Omit<Subscription, "index" | "key">;
