import { unknown } from "../../errors/errors.ts";
import type { Created } from "../../runtime/runtime.ts";

/**
 * Returns the pid that a runtime has answered with. Signals to 0 or a negative number would reach whole groups, those to 1 all.
 * @throws {StatusError} Unknown – it is no pid of a process that a runtime can have made.
 */
export function createdPid(runtime: { readonly name: string }, created: Created): number {
  const pid: unknown = created?.pid;
  if (typeof pid === "number" && Number.isInteger(pid) && pid > 1) return pid;
  throw unknown(`runtime ${runtime.name} has answered no pid: ${JSON.stringify(pid)}`);
}
