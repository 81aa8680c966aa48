import { unimplemented } from "../../errors/errors.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/**
 * Returns the runtime's `exec`, bound.
 * @throws {StatusError} Unimplemented – the runtime has none.
 */
export function execAbility(runtime: Runtime): NonNullable<Runtime["exec"]> {
  if (runtime.exec === undefined) throw unimplemented(`runtime ${runtime.name} has no exec`);
  return runtime.exec.bind(runtime);
}
