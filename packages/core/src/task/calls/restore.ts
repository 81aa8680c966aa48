import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { invalidArgument, unimplemented, unknown } from "../../errors/errors.ts";
import { resolveHostPath } from "../../mount/host-path.ts";
import type { wire } from "../../proto/gen/wire.js";
import type { RuntimeOptions } from "../../runtime/options.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Call } from "../call.ts";
import type { OwnRecord } from "../container/container-record.ts";
import { watchInit } from "../ending/exits.ts";
import { watchOom } from "../ending/oom.ts";
import { adopt } from "./adopt.ts";

/**
 * Returns what a Create request is to be restored from; undefined for a new container. containerd names the image in
 * `checkpoint`. If that is empty, the `criu_image_path` of the options is used: containerd does not read the options of
 * a runtime that it does not know.
 * @throws {StatusError} InvalidArgument – not the absolute path of a directory; FailedPrecondition – its file system
 * does not answer; Unimplemented – the runtime has no restore.
 */
export async function toRestore(
  request: Pick<wire.CreateTaskRequest, "checkpoint" | "parent_checkpoint">,
  runtime: Runtime,
  options: RuntimeOptions,
): Promise<OwnRecord["restoreFrom"]> {
  const imagePath = request.checkpoint || options.criuImagePath;
  if (imagePath === "") return undefined;
  if (runtime.restore === undefined) throw unimplemented(`runtime ${runtime.name} has no restore`);
  if (!isAbsolute(imagePath) || imagePath.includes("\0")) {
    throw invalidArgument(`checkpoint ${JSON.stringify(imagePath)} is not an absolute path`);
  }
  const { path, isLocal } = await resolveHostPath(imagePath);
  // On a file system that is not local, stat(2) may hang. There the runtime reports what is wrong, because it may wait
  // for the answer.
  if (isLocal && !statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw invalidArgument(`checkpoint ${imagePath} is not a directory`);
  }
  return { imagePath, parentPath: request.parent_checkpoint };
}

/**
 * Restores the container's processes, which Create has left to Start. Init's exit has to wait until Start is done.
 * Afterwards the processes run.
 */
export async function restore({ deps, container, signal }: Call): Promise<void> {
  const { ref, init, runtime, restoreFrom } = container;
  const stdio = init.startStdio;
  if (runtime.restore === undefined || restoreFrom === undefined || stdio === undefined) {
    throw unknown(`container ${ref.id} has nothing to be restored from`);
  }
  using _hold = deps.reaper.hold();
  const request = { container: ref, stdio, consoleSocket: init.io?.consoleSocket, ...restoreFrom };
  adopt(deps, container, await runtime.restore(request, signal));
  watchOom(deps, container);
  watchInit(deps, container);
}
