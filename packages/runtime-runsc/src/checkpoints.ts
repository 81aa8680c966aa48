import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type CheckpointRequest,
  Code,
  type ContainerRef,
  type Created,
  initPidFile,
  type OciCall,
  type OciCommandLine,
  type OciOutcome,
  onDeviceOf,
  type RestoreRequest,
  readPidFile,
  StatusError,
} from "@dunnage/core";

/** Checkpoints by gVisor itself, without CRIU: an image of the sandbox's memory and files. Pod containers have none. */
export class Checkpoints {
  readonly #commands: OciCommandLine;

  constructor(commands: OciCommandLine) {
    this.#commands = commands;
  }

  /**
   * Creates a checkpoint. The permissions that CRIU needs (connections, terminals, locks) are ignored: here these
   * belong to the sandbox and are part of the image.
   */
  async checkpoint(container: ContainerRef, request: CheckpointRequest, signal: AbortSignal): Promise<void> {
    const { imagePath, exit, parentPath } = request;
    if (parentPath !== "") throw new StatusError(Code.Unimplemented, "runsc has no checkpoints that build on others");
    // Older versions replace the sandbox by another one that no client knows, and never return.
    if (!exit && (await this.#isOld(container, signal))) {
      throw new StatusError(Code.Unimplemented, "this version of runsc ends a container with its checkpoint");
    }
    await onDeviceOf(imagePath, () => rm(join(imagePath, "checkpoint.img"), { force: true }));
    const flags = exit ? [] : ["--leave-running"];
    const args: OciCall["args"] = ["checkpoint", `--image-path=${imagePath}`, ...flags, container.id];
    requireSuccess(await this.#commands.run({ args, container }, signal), "OCI runtime checkpoint failed");
  }

  async restore(request: RestoreRequest, signal: AbortSignal): Promise<Created> {
    const { container, imagePath, consoleSocket } = request;
    const pidFile = initPidFile(container.bundle);
    const flags = [`--bundle=${container.bundle}`, `--image-path=${imagePath}`, "--detach", `--pid-file=${pidFile}`];
    if (consoleSocket !== undefined) flags.push(`--console-socket=${consoleSocket}`);
    const stdio = consoleSocket === undefined ? request.stdio : undefined;
    const call: OciCall = { args: ["restore", ...flags, container.id], container, stdio };
    requireSuccess(await this.#commands.run(call, signal), "OCI runtime restore failed");
    return { pid: readPidFile(pidFile), sandbox: "own" };
  }

  /** Whether runsc is older than 2024. Debian dates versions as `0.0~20221219.0`, gVisor as `release-20221219.0`. */
  async #isOld(container: ContainerRef, signal: AbortSignal): Promise<boolean> {
    const { stdout } = await this.#commands.run({ args: ["--version"], container }, signal);
    const date = /\d{8}/.exec(stdout)?.[0];
    return date !== undefined && date < "2024";
  }
}

function requireSuccess({ failure }: OciOutcome, prefix: string): void {
  if (failure) throw new StatusError(Code.Unknown, `${prefix}: ${failure.text}`);
}
