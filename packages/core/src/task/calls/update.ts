import { unimplemented, unknown } from "../../errors/errors.ts";
import type { wire } from "../../proto/gen/wire.js";
import type { Call } from "../call.ts";
import { runHooks } from "../hook-seam.ts";
import { adjustResources } from "./adjust.ts";

/**
 * Sets resources of a container. They are JSON of the OCI `linux.resources`, whatever their type URL says. Annotations
 * are ignored, as by containerd-shim-runc-v2.
 * @throws {StatusError} InvalidArgument – not a JSON object; Unimplemented – the runtime has no update; Unknown – the
 * runtime's error text, or the container has ended.
 */
export function update(call: Call, request: wire.UpdateTaskRequest): Promise<void> {
  const { container, signal } = call;
  const { init, ref, runtime } = container;
  return init.lock.run(async () => {
    if (init.state === "stopped") throw unknown("cannot update a stopped container");
    if (runtime.update === undefined) throw unimplemented(`runtime ${runtime.name} has no update`);
    const resources = await adjustResources(call, request);
    await runtime.update(ref, resources, container.commands.with(signal));
    await runHooks(call, "postUpdate", () => ({ resources }));
  });
}
