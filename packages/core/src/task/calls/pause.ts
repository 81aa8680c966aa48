import { unimplemented, unknown } from "../../errors/errors.ts";
import { taskPaused, taskResumed } from "../../events/task-events.ts";
import type { Call } from "../call.ts";
import type { ProcessState } from "../container/process-state.ts";
import { runHooks } from "../hook-seam.ts";

/**
 * The texts are containerd-shim-runc-v2's.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/init_state.go
 */
const notPausable: Readonly<Partial<Record<ProcessState, string>>> = {
  created: "cannot pause task in created state",
  createdCheckpoint: "cannot pause task in created state",
  pausing: "cannot pause a paused container",
  paused: "cannot pause a paused container",
  stopped: "cannot pause a stopped container",
};
const notResumable: Readonly<Partial<Record<ProcessState, string>>> = {
  created: "cannot resume task in created state",
  createdCheckpoint: "cannot resume task in created state",
  running: "cannot resume a running process",
  pausing: "cannot resume a running process",
  stopped: "cannot resume a stopped container",
};

/**
 * Freezes all processes of a container. Meanwhile its state is `pausing`, which clients can read because State takes no
 * lock.
 */
export function pause(call: Call): Promise<void> {
  const { init } = call.container;
  return init.lock.run(async () => {
    const isPaused = call.attempt > 0 && init.state === "paused";
    if (!isPaused) await freeze(call);
    await runHooks(call, "postPause");
  });
}

async function freeze(call: Call): Promise<void> {
  const { deps, container, signal } = call;
  const { init, ref, runtime } = container;
  const text = notPausable[init.state];
  if (text !== undefined) throw unknown(text);
  if (runtime.pause === undefined) throw unimplemented(`runtime ${runtime.name} has no pause`);
  await runHooks(call, "prePause");
  init.pausing();
  try {
    await runtime.pause(ref, container.commands.with(signal));
  } catch (error) {
    if (init.state === "pausing") init.running();
    throw error;
  }
  // Init may have exited in the meantime.
  if (init.state === "pausing") init.paused();
  deps.publisher.publish(taskPaused(ref.id));
}

/** Thaws all processes of a paused container. */
export function resume(call: Call): Promise<void> {
  const { init } = call.container;
  return init.lock.run(async () => {
    const isResumed = call.attempt > 0 && init.state === "running";
    if (!isResumed) await thawPaused(call);
    await runHooks(call, "postResume");
  });
}

async function thawPaused(call: Call): Promise<void> {
  const { deps, container, signal } = call;
  const { init, ref, runtime } = container;
  const text = notResumable[init.state];
  if (text !== undefined) throw unknown(text);
  if (runtime.resume === undefined) throw unimplemented(`runtime ${runtime.name} has no resume`);
  await runHooks(call, "preResume");
  await runtime.resume(ref, container.commands.with(signal));
  if (init.state === "paused") init.running();
  deps.publisher.publish(taskResumed(ref.id));
}
