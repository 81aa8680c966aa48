import { unavailable, unimplemented, unknown } from "../../errors/errors.ts";
import { taskCheckpointed } from "../../events/task-events.ts";
import type { wire } from "../../proto/gen/wire.js";
import { decodeCheckpointOptions } from "../../runtime/checkpoint-options.ts";
import type { CheckpointRequest } from "../../runtime/runtime.ts";
import type { Call } from "../call.ts";
import type { Container } from "../container/container.ts";
import type { ProcessState } from "../container/process-state.ts";
import type { TaskDeps } from "../deps.ts";
import { runHooks } from "../hook-seam.ts";

const thawTimeoutMs = 10_000;

/**
 * The texts are containerd-shim-runc-v2's.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/init_state.go
 */
const notCheckpointable: Readonly<Partial<Record<ProcessState, string>>> = {
  created: "cannot checkpoint a task in created state",
  createdCheckpoint: "cannot checkpoint a task in created state",
  stopped: "cannot checkpoint a stopped container",
};

/**
 * Writes an image of a running or paused container. The container continues to run unless the options say otherwise. If
 * it ends, its exit is reported after the checkpoint.
 * @throws {StatusError} Unknown – the runtime's error text, or the wrong state; InvalidArgument – see
 * `decodeCheckpointOptions`; Unimplemented – the runtime has no checkpoint.
 */
export function checkpoint(call: Call, request: wire.CheckpointTaskRequest): Promise<void> {
  const { container } = call;
  return container.init.lock.run(async () => {
    const options = decodeCheckpointOptions(request.options ?? undefined, request.path);
    const isWritten = call.attempt > 0 && container.checkpointPath === options.imagePath;
    if (!isWritten) await writeImage(call, options);
    await runHooks(call, "postCheckpoint", () => ({ checkpoint: options }));
  });
}

async function writeImage(call: Call, options: CheckpointRequest): Promise<void> {
  const { deps, container, signal } = call;
  const { init, ref, runtime } = container;
  // It may have ended the container before its image was complete, and there is nothing left to write.
  if (call.attempt > 0 && options.exit) throw unavailable("the checkpoint was interrupted");
  const text = notCheckpointable[init.state];
  if (text !== undefined) throw unknown(text);
  if (runtime.checkpoint === undefined) throw unimplemented(`runtime ${runtime.name} has no checkpoint`);
  container.checkpointed(undefined);
  await runHooks(call, "preCheckpoint", () => ({ checkpoint: options }));
  init.reports.park();
  try {
    await runtime.checkpoint(ref, options, container.commands.with(signal));
    container.checkpointed(options.imagePath);
    deps.publisher.publish(taskCheckpointed({ containerId: ref.id, checkpoint: options.imagePath }));
    deps.log.info("container checkpointed", { id: ref.id, path: options.imagePath });
  } catch (error) {
    if (signal.aborted) await thawCutOff(deps, container);
    throw error;
  } finally {
    init.reports.unpark();
  }
}

/** Thaws the container, which a checkpoint that was cut off halfway may have left frozen. */
async function thawCutOff(deps: TaskDeps, { ref, runtime, init }: Container): Promise<void> {
  if (init.state === "paused") return;
  await runtime
    .resume?.(ref, AbortSignal.timeout(thawTimeoutMs))
    .catch((error: unknown) => deps.log.debug("nothing to thaw after a checkpoint", { id: ref.id, error }));
}
