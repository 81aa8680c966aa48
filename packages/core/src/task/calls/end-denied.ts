import type { Container } from "../container/container.ts";
import { forceKill } from "../container/force-kill.ts";
import type { TaskDeps } from "../deps.ts";

const exitTimeoutMs = 2_000;

/**
 * Ends a container whose start was denied: init is killed, its exit is reported and the state becomes `stopped`, so
 * that the client's Delete succeeds.
 * @throws {StatusError} the denial.
 */
export async function endDenied(deps: TaskDeps, container: Container, denial: unknown): Promise<never> {
  if (container.init.state === "createdCheckpoint") throw denial; // no process exists yet
  await forceKill(container, { all: false }).catch((error: unknown) =>
    deps.log.warn("failed to kill a denied container", { id: container.ref.id, error }),
  );
  await container.init
    .wait(AbortSignal.timeout(exitTimeoutMs))
    .catch((error: unknown) => deps.log.warn("a denied container is still there", { id: container.ref.id, error }));
  throw denial;
}
