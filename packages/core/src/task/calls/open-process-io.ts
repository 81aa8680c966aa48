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
  const { options, namespace, bundle, id } = ref;
  const { paths } = process;
  const { mode, whenReaderIsAway } = deps.stdio;
  const mayBeDirect = mode === "auto" && whenReaderIsAway === "block" && initSpec !== undefined;
  const direct = mayBeDirect && isDirectEligible({ spec: initSpec, terminal: paths.terminal, isInit: true, options });
  const settings = {
    ...deps.stdio,
    direct,
    ioUid: options.ioUid,
    ioGid: options.ioGid,
    consoleDirectory: deps.daemon.directory,
    subject: { id: process.id, namespace, bundle },
  };
  return deps.openIo(paths, settings, { ...deps, log: deps.log.with({ id, exec_id: process.execId }) });
}
