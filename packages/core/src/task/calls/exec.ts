import { alreadyExists, unknown } from "../../errors/errors.ts";
import { taskExecAdded } from "../../events/task-events.ts";
import type { wire } from "../../proto/gen/wire.js";
import type { Call } from "../call.ts";
import type { Container } from "../container/container.ts";
import { validateId } from "../container/identifiers.ts";
import { runHooks } from "../hook-seam.ts";
import { adjustProcess } from "./adjust.ts";
import { execAbility } from "./exec-ability.ts";

/**
 * Adds an exec. Nothing runs until its Start.
 * @throws {StatusError} AlreadyExists – the id is in use; Unknown – the container is neither created nor running, or is
 * to be restored; Unimplemented – the runtime has no exec.
 */
export async function exec(call: Call, request: wire.ExecProcessRequest): Promise<void> {
  const { exec_id: execId } = request;
  validateId(execId, "exec id");
  execAbility(call.container.runtime);
  const isAdded = call.attempt > 0 && call.container.isExecAdded(execId);
  if (!isAdded) await add(call, request);
  await runHooks(call, "postExec", () => ({ execId }));
}

async function add(call: Call, request: wire.ExecProcessRequest): Promise<void> {
  const { deps, container } = call;
  const { exec_id: execId, terminal, stdin, stdout, stderr } = request;
  if (container.hasExec(execId)) throw alreadyExists(`id ${execId}: already exists`);
  requireExecutable(container);
  {
    using _place = container.reserveExec(execId);
    const spec = await adjustProcess(call, request);
    requireExecutable(container);
    container.execAdded({ execId, paths: { terminal, stdin, stdout, stderr }, spec });
  }
  deps.publisher.publish(taskExecAdded({ containerId: request.id, execId }));
}

/**
 * The texts are containerd-shim-runc-v2's.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/init_state.go
 */
function requireExecutable({ init: { state } }: Container): void {
  if (state === "createdCheckpoint") throw unknown("cannot exec in a created state");
  if (state !== "created" && state !== "running") throw unknown(`cannot exec in a ${state} state`);
}
