import type { Draft } from "../hooks/adjust/draft.ts";
import { mutableParts } from "../hooks/adjust/mutable-part.ts";
import { type HookContainer, podFields } from "../hooks/event.ts";
import { type Stage, stages } from "../hooks/stages.ts";
import { logFailure } from "../log/attempt.ts";
import type { Call } from "./call.ts";
import type { Container } from "./container/container.ts";
import type { TaskDeps } from "./deps.ts";

type Fields = Readonly<Record<string, unknown>>;

const noFields = (): Fields => ({});

/**
 * The one place where a Task call meets the hooks. Resolves at once when nothing is registered for the stage;
 * only otherwise `fields` is called, so what costs time to collect costs nothing then.
 * @throws {StatusError} what a hook of a stage that may deny answers.
 */
export async function runHooks(call: Call, stage: Stage, fields = noFields): Promise<void> {
  const { deps, container, signal } = call;
  await takeUpChanges(deps, stage);
  if (!deps.hooks.has(stage)) return;
  await deps.hooks.run(stage, { container: toHookContainer(container), ...fields() }, signal);
}

/** Tells hooks of an event. Nobody waits for them; those of one container come in order. */
export function tellHooks({ deps, container }: Omit<Call, "signal">, stage: Stage, fields = noFields): void {
  if (!deps.hooks.has(stage)) return;
  deps.hooks.tell(stage, { container: toHookContainer(container), ...fields() });
}

/**
 * Lets the hooks of a stage judge and change what `draft` holds. `fields`: what the event shows beside it.
 * @throws {StatusError} as `runHooks`.
 */
export async function adjustByHooks(call: Call, draft: Draft, fields: Fields): Promise<void> {
  const { deps, container, signal } = call;
  const subject = { container: toHookContainer(container), ...fields };
  await deps.hooks.run(draft.stage, subject, signal, { draft, view: mutableParts[draft.stage].view });
}

/**
 * What a client asks for is judged by the configuration as it is now; what merely happens, by the one that is loaded. A configuration
 * that cannot be looked at refuses nothing that ends a container: its hooks may not deny.
 */
export async function takeUpChanges(deps: TaskDeps, stage: Stage): Promise<void> {
  const { kind, mayDeny } = stages[stage];
  if (kind !== "pre") return;
  try {
    await deps.hooks.refresh?.();
  } catch (error) {
    if (mayDeny) throw error;
    logFailure({ log: deps.log, message: "the configuration cannot be looked at", fields: { stage } }, error);
  }
}

/** What hooks learn of a container. `runtime`: its name in the configuration, live as in a replay. */
export function toHookContainer(container: Container): HookContainer {
  const { id, namespace, bundle } = container.ref;
  const { annotations } = container;
  return {
    id,
    namespace,
    bundle,
    runtime: container.journal.runtime,
    annotations,
    ...podFields(namespace, annotations),
  };
}
