import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { invalidArgument, unimplemented, unknown } from "../../errors/errors.ts";
import { resolveHostPath } from "../../mount/host-path.ts";
import type { wire } from "../../proto/gen/wire.js";
import type { RuntimeOptions } from "../../runtime/options.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Call } from "../call.ts";
import type { Container } from "../container/container.ts";
import { watchInit } from "../ending/exits.ts";
import { watchOom } from "../ending/oom.ts";
import { adopt } from "./adopt.ts";

/**
 * What a Create request is to be restored from; undefined: a new container. containerd names the image in `checkpoint`; the
 * `criu_image_path` of the options counts where containerd does not read them, for a runtime that it does not know.
 * @throws {StatusError} InvalidArgument – no absolute path of a directory; FailedPrecondition – its file system does not answer;
 * Unimplemented – the runtime cannot.
 */
export async function toRestore(
  request: Pick<wire.CreateTaskRequest, "checkpoint" | "parent_checkpoint">,
  runtime: Runtime,
  options: RuntimeOptions,
): Promise<Container["restoreFrom"]> {
  const imagePath = request.checkpoint || options.criuImagePath;
  if (imagePath === "") return undefined;
  if (runtime.restore === undefined) throw unimplemented(`runtime ${runtime.name} has no restore`);
  if (!isAbsolute(imagePath) || imagePath.includes("\0")) {
    throw invalidArgument(`checkpoint ${JSON.stringify(imagePath)} is not an absolute path`);
  }
  const { path, isLocal } = await resolveHostPath(imagePath);
  // Of a directory on another file system the runtime says what is wrong: it may wait for the answer.
  if (isLocal && !statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw invalidArgument(`checkpoint ${imagePath} is not a directory`);
  }
  return { imagePath, parentPath: request.parent_checkpoint };
}

/** Does what Create has left to Start, which its exit has to wait for. Afterwards the container's processes run. */
export async function restore({ deps, container, signal }: Call): Promise<void> {
  const { ref, init, runtime, restoreFrom, startStdio: stdio } = container;
  if (runtime.restore === undefined || restoreFrom === undefined || stdio === undefined) {
    throw unknown(`container ${ref.id} has nothing to be restored from`);
  }
  using _hold = deps.reaper.hold();
  const request = { container: ref, stdio, consoleSocket: init.io?.consoleSocket, ...restoreFrom };
  adopt(deps, container, await runtime.restore(request, signal));
  container.restoreFrom = undefined;
  watchOom(deps, container);
  watchInit(deps, container);
}
