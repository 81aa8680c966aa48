import { type HookContainer, podFields } from "../hooks/event.ts";
import type { Stage } from "../hooks/stages.ts";
import type { Container } from "./container.ts";
import type { TaskDeps } from "./deps.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The one place where a Task call meets the hooks. Resolves at once when nothing is registered for the stage;
 * only otherwise `fields` is called, so what costs time to collect costs nothing then.
 * @throws {StatusError} what a hook of a stage that may deny answers.
 */
export async function runHooks(
  deps: TaskDeps,
  stage: Stage,
  container: Container,
  fields: () => Fields,
  signal: AbortSignal,
): Promise<void> {
  if (!deps.hooks.has(stage)) return;
  await deps.hooks.run(stage, { container: toHookContainer(container), ...fields() }, signal);
}

/** What hooks learn of a container. */
export function toHookContainer(container: Container): HookContainer {
  const { id, namespace, bundle } = container.ref;
  const { annotations } = container;
  return { id, namespace, bundle, runtime: container.runtime.name, annotations, ...podFields(annotations) };
}
