import type { Container } from "../container/container.ts";
import { forceKill } from "../container/force-kill.ts";
import type { TaskDeps } from "../deps.ts";

const exitTimeoutMs = 2_000;

/**
 * A denied start ends the container: init is killed, its exit reported, and the state is `stopped`, so that the client's Delete succeeds.
 * @throws {StatusError} the denial.
 */
export async function endDenied(deps: TaskDeps, container: Container, denial: unknown): Promise<never> {
  if (container.init.pid === 0) throw denial; // to be restored: there is nothing yet
  await forceKill(container, { all: false }).catch((error: unknown) =>
    deps.log.warn("failed to kill a denied container", { id: container.ref.id, error }),
  );
  await container.init
    .wait(AbortSignal.timeout(exitTimeoutMs))
    .catch((error: unknown) => deps.log.warn("a denied container is still there", { id: container.ref.id, error }));
  throw denial;
}
