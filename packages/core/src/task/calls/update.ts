import { unimplemented, unknown } from "../../errors/errors.ts";
import type { wire } from "../../proto/gen/wire.js";
import type { Container } from "../container/container.ts";
import type { TaskDeps } from "../deps.ts";
import { runHooks } from "../hook-seam.ts";
import { adjustResources } from "./adjust.ts";

/**
 * Sets resources of a container. They travel as JSON of the OCI `linux.resources`, whatever their type URL says; annotations are
 * ignored, as by containerd-shim-runc-v2.
 * @throws {StatusError} InvalidArgument – no JSON object; Unknown – the runtime's words, or the container has ended.
 */
export function update(
  deps: TaskDeps,
  container: Container,
  request: wire.UpdateTaskRequest,
  signal: AbortSignal,
): Promise<void> {
  const { init, ref, runtime } = container;
  return init.lock.run(async () => {
    if (init.state === "stopped") throw unknown("cannot update a stopped container");
    if (runtime.update === undefined) throw unimplemented(`runtime ${runtime.name} has no update`);
    const resources = await adjustResources(deps, container, request, signal);
    await runtime.update(ref, resources, container.commands.with(signal));
    await runHooks(deps, "postUpdate", container, () => ({ resources }), signal);
  });
}
