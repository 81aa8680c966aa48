import { failedPrecondition } from "../errors/errors.ts";
import { MountTable } from "../native/mount-table.ts";
import { askLinks } from "./ask-links.ts";
import { type HostPath, walkPath } from "./walk-path.ts";

export type { HostPath } from "./walk-path.ts";

/** Options of `resolveHostPath`. */
export interface ResolveOptions {
  /** Default: the mounts as they are now. */
  readonly table?: MountTable;
  /** How long a file system that is not local may take for one answer. Default: 500. */
  readonly limitMs?: number;
}

/**
 * Returns where an absolute path of the host leads, by the kernel's rules. This thread does not wait for a file system
 * that may not answer: a short-lived process asks it.
 * @throws {StatusError} FailedPrecondition – no answer within the limit, or the target of the path cannot be
 *   determined.
 */
export async function resolveHostPath(path: string, options: ResolveOptions = {}): Promise<HostPath> {
  const { table = MountTable.read(), limitMs = 500 } = options;
  const walk = walkPath(path, table);
  let step = walk.next();
  while (!step.done) step = walk.next(await askLinks(step.value, limitMs));
  return step.value;
}

/**
 * Like `resolveHostPath`, but synchronous: only paths on local file systems can be resolved.
 * @throws {StatusError} FailedPrecondition – also for a path that leads over another file system.
 */
export function resolveLocally(path: string, table: MountTable = MountTable.read()): HostPath {
  const { value, done } = walkPath(path, table).next();
  if (!done) throw failedPrecondition(`${value.paths[0]} lies on a file system that may not answer`);
  return value;
}
