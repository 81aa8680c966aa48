import { failedPrecondition } from "../errors/errors.ts";
import { askLinks } from "./ask-links.ts";
import { MountTable } from "./mount-table.ts";
import { type HostPath, walkPath } from "./walk-path.ts";

export type { HostPath } from "./walk-path.ts";

/** How a path is resolved. */
export interface ResolveOptions {
  /** Default: the mounts as they are now. */
  readonly table?: MountTable;
  /** How long a file system that is not local may take for one answer. Default: 500. */
  readonly limitMs?: number;
}

/**
 * Returns where an absolute path of the host leads to, by the kernel's rules. It does not wait on this thread for a file system that
 * may not answer: a short-lived process asks that one.
 * @throws {StatusError} FailedPrecondition – no answer within the limit, or where the path leads cannot be known.
 */
export async function resolveHostPath(path: string, options: ResolveOptions = {}): Promise<HostPath> {
  const { table = MountTable.read(), limitMs = 500 } = options;
  const walk = walkPath(path, table);
  let step = walk.next();
  while (!step.done) step = walk.next(await askLinks(step.value, limitMs));
  return step.value;
}

/**
 * As `resolveHostPath`, at once: only what lies on local file systems can be resolved.
 * @throws {StatusError} FailedPrecondition – also for a path that leads over another file system.
 */
export function resolveLocally(path: string, table: MountTable = MountTable.read()): HostPath {
  const { value, done } = walkPath(path, table).next();
  if (!done) throw failedPrecondition(`${value.paths[0]} lies on a file system that may not answer`);
  return value;
}
