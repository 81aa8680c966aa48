import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { StatusError } from "@dunnage/ttrpc";
import { invalidArgument, unimplemented, unknown } from "../../errors/errors.ts";
import { onDeviceOf } from "../../native/device-of.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import type { wire } from "../../proto/gen/wire.js";
import type { RuntimeOptions } from "../../runtime/options.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Container } from "../container/container.ts";
import type { TaskDeps } from "../deps.ts";
import { watchInit } from "../ending/exits.ts";
import { watchOom } from "../ending/oom.ts";
import { adopt } from "./adopt.ts";

/**
 * What a Create request is to be restored from; undefined: a new container. containerd names the image in `checkpoint`; the
 * `criu_image_path` of the options counts where containerd does not read them, for a runtime that it does not know.
 * @throws {StatusError} InvalidArgument – no absolute path of a directory; Unimplemented – the runtime cannot; Unknown – its file
 *   system does not answer.
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
  if (!(await isDirectory(imagePath))) throw invalidArgument(`checkpoint ${imagePath} is not a directory`);
  return { imagePath, parentPath: request.parent_checkpoint };
}

/** Images are often on file systems of a network: the event loop does not wait for one. */
async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await onDeviceOf(path, () => stat(path))).isDirectory();
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error instanceof StatusError ? unknown(`checkpoint ${path}: ${error.message}`) : error;
  }
}

/** Does what Create has left to Start, which its exit has to wait for. Afterwards the container's processes run. */
export async function restore(deps: TaskDeps, container: Container, signal: AbortSignal): Promise<void> {
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
