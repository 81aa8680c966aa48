import type { Draft } from "../hooks/adjustment/draft.ts";
import { mutableParts } from "../hooks/adjustment/mutable-part.ts";
import { type HookContainer, podFields } from "../hooks/event/event.ts";
import { type Stage, stages } from "../hooks/event/stages.ts";
import { logFailure } from "../log/attempt.ts";
import { Deadline } from "../reaper/deadline.ts";
import type { Call } from "./call.ts";
import type { Container } from "./container/container.ts";
import { orAborted } from "./container/or-aborted.ts";
import type { TaskDeps } from "./deps.ts";

type Fields = Readonly<Record<string, unknown>>;

const noFields = (): Fields => ({});

/**
 * Runs the hooks of a stage. This is the one place where calls of the Task API meet the hooks. It resolves at once if
 * no hook is registered for the stage. `fields` is called only if there is a hook, so fields that are costly to collect
 * cost nothing otherwise.
 * @throws {StatusError} the denial of a hook, if the stage may deny.
 */
export async function runHooks(call: Call, stage: Stage, fields = noFields): Promise<void> {
  const { deps, container, signal, attempt } = call;
  await takeUpChanges(deps, stage);
  if (!deps.hooks.has(stage)) return;
  const subject = { container: toHookContainer(container), ...fields() };
  await deps.hooks.run(stage, subject, { signal, call: signal, replay: attempt > 0 });
}

/** Notifies hooks of an event without waiting for them. The events of one container are delivered in order. */
export function tellHooks(
  { deps, container }: Pick<Call, "deps" | "container">,
  stage: Stage,
  fields = noFields,
): void {
  if (!deps.hooks.has(stage)) return;
  deps.hooks.notify(stage, { container: toHookContainer(container), ...fields() });
}

/**
 * Lets the hooks of a stage judge and change what `draft` holds. `fields`: what the event contains in addition to it.
 * @throws {StatusError} as `runHooks`.
 */
export async function adjustByHooks(call: Call, draft: Draft, fields: Fields): Promise<void> {
  const { deps, container, signal, attempt } = call;
  const subject = { container: toHookContainer(container), ...fields };
  const { view } = mutableParts[draft.stage];
  await deps.hooks.run(draft.stage, subject, { signal, call: signal, draft, view, replay: attempt > 0 });
}

/** How long a stage that may not deny waits for a plugin that is loading. */
const reloadLimitMs = 1_000;

/**
 * Reloads the configuration if it changed, before a stage that judges a client's request. Stages that only report what
 * happened use the configuration that is loaded. A stage that may not deny continues if the configuration cannot be
 * checked, and after a second: a call that ends a container is neither refused nor held up for that reason.
 */
export async function takeUpChanges(deps: TaskDeps, stage: Stage): Promise<void> {
  const { kind, mayDeny } = stages[stage];
  if (kind !== "pre") return;
  if (mayDeny) return await deps.hooks.refresh?.();
  using deadline = new Deadline(reloadLimitMs);
  try {
    const reload = deps.hooks.refresh?.();
    if (reload !== undefined) await orAborted(reload, deadline.signal);
  } catch (error) {
    logFailure({ log: deps.log, message: "the hooks that are loaded stay in use", fields: { stage } }, error);
  }
}

/** Returns what hooks see of a container. `runtime` is its name in the configuration, in live events as in replays. */
export function toHookContainer(container: Container): HookContainer {
  const { id, namespace, bundle } = container.ref;
  const { annotations } = container;
  return {
    id,
    namespace,
    bundle,
    runtime: container.runtimeName,
    annotations,
    ...podFields(namespace, annotations),
  };
}
