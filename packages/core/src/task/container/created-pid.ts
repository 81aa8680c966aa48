import { unknown } from "../../errors/errors.ts";
import type { Created } from "../../runtime/runtime.ts";

/**
 * Returns the pid that a runtime has returned. A signal to 0 or to a negative number would reach whole process groups,
 * and a signal to 1 every process.
 * @throws {StatusError} Unknown – it cannot be the pid of a process that the runtime has created.
 */
export function createdPid(runtime: { readonly name: string }, created: Created): number {
  const pid: unknown = created?.pid;
  if (typeof pid === "number" && Number.isInteger(pid) && pid > 1) return pid;
  throw unknown(`runtime ${runtime.name} has answered no pid: ${JSON.stringify(pid)}`);
}
