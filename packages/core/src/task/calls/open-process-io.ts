import { type DirectSpec, isDirectEligible } from "../../io/eligibility.ts";
import type { ProcessIo } from "../../io/process-io.ts";
import type { ContainerRef } from "../../runtime/runtime.ts";
import type { Process } from "../container/process.ts";
import type { TaskDeps } from "../deps.ts";

/**
 * Opens the streams that the client requested for a process. `initSpec`: config.json, only for the init process.
 * @throws {StatusError} as `OpenIo`.
 */
export async function openProcessIo(
  deps: TaskDeps,
  { ref, process }: { readonly ref: ContainerRef; readonly process: Process },
  initSpec?: DirectSpec,
): Promise<ProcessIo> {
  const { namespace, bundle, id } = ref;
  const { ioUid, ioGid } = ref.options;
  const { mode, streams } = deps.stdio;
  const mayBeDirect = mode === "auto" && streams.whenReaderIsAway === "block" && !process.paths.terminal;
  const settings = {
    ...streams,
    direct: mayBeDirect && initSpec !== undefined && isDirectEligible(initSpec, { ioUid, ioGid }),
    ioUid,
    ioGid,
    consoleDirectory: deps.daemon.directory,
    subject: { id: process.id, namespace, bundle },
  };
  const { libc, reaper } = deps;
  return deps.openIo(process.paths, settings, { libc, reaper, log: deps.log.with({ id, exec_id: process.execId }) });
}
