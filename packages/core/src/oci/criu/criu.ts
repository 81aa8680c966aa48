import { mkdir } from "node:fs/promises";
import { invalidArgument, unimplemented, unknown } from "../../errors/errors.ts";
import { onDeviceOf } from "../../native/device-of.ts";
import type { CheckpointRequest, ContainerRef, RestoreRequest } from "../../runtime/runtime.ts";
import { checkpointArgs, restoreArgs } from "../argv.ts";
import type { CriuDialect } from "../dialect.ts";
import type { OciCommandLine, OciOutcome } from "../oci-command.ts";
import { initPidFile, readPidFile } from "../pid-file.ts";
import { CriuCall, type CriuCallOptions } from "./criu-call.ts";
import { type Allowed, readImageNotes, writeImageNotes } from "./image-notes.ts";
import { findOuterStreams, toDumpConfig, toRestoreConfig } from "./outer-streams.ts";

/**
 * Checkpoint and restore for a runtime that calls CRIU. A container that writes directly to the client's FIFOs can be
 * dumped too: CRIU's configuration file says that these FIFOs are to be replaced.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/init.go checkpoint
 */
export class Criu {
  readonly #dialect: CriuDialect;
  readonly #deps: CriuCallOptions["deps"];
  readonly #commands: OciCommandLine;

  constructor(dialect: CriuDialect, deps: CriuCallOptions["deps"], commands: OciCommandLine) {
    this.#dialect = dialect;
    this.#deps = deps;
    this.#commands = commands;
  }

  async checkpoint(container: ContainerRef, request: CheckpointRequest, signal: AbortSignal): Promise<void> {
    const { imagePath, workPath, exit, parentPath } = request;
    const deps = this.#deps;
    const streams = findOuterStreams(readPidFile(initPidFile(container.bundle)));
    await using call = await CriuCall.open({ deps, container, work: "dump", workPath, config: toDumpConfig(streams) });
    await makeDirectory(imagePath);
    const flags = [...this.#flags(request), ...(exit ? [] : ["--leave-running"])];
    if (parentPath !== "") flags.push(`--parent-path=${parentPath}`);
    const args = checkpointArgs(container.id, { imagePath, workPath: call.workPath, flags });
    const { failure } = await this.#commands.run({ args, container, env: call.env }, signal);
    if (failure) {
      const text = `OCI runtime checkpoint failed: ${await call.explain(failure.text)}`;
      throw this.#isMissing(failure.text) ? unimplemented(text) : unknown(text);
    }
    await writeImageNotes(imagePath, streams, request);
  }

  /** If the command fails, the failure includes CRIU's errors. */
  async restore(request: RestoreRequest, signal: AbortSignal): Promise<OciOutcome> {
    const { container, imagePath, consoleSocket, stdio } = request;
    const { id, bundle, options } = container;
    // The parent is a link in the image's directory; runtimes have no flag for it.
    if (request.parentPath !== "") {
      throw unimplemented("the parent of a checkpoint cannot be given apart from its image");
    }
    const notes = await readImageNotes(imagePath);
    const streams = consoleSocket === undefined ? notes.streams : [];
    const config = toRestoreConfig(streams, stdio);
    const place = { deps: this.#deps, container, workPath: options.criuWorkPath };
    await using call = await CriuCall.open({ ...place, work: "restore", config });
    const flags = [...this.#flags(notes.allowed), ...this.#dialect.restoreArgs(options)];
    const paths = { imagePath, workPath: call.workPath };
    const args = restoreArgs(id, bundle, { ...paths, flags, pidFile: initPidFile(bundle), consoleSocket });
    const own = consoleSocket === undefined ? { stdio } : {};
    const outcome = await this.#commands.run({ args, container, env: call.env, ...own }, signal);
    const { failure } = outcome;
    if (failure === undefined) return outcome;
    const missing = this.#isMissing(failure.text) ? failure.text : await this.#askForRestore(container, signal);
    if (missing !== undefined) throw unimplemented(`OCI runtime restore failed: ${missing}`);
    return { ...outcome, failure: { ...failure, text: await call.explain(failure.text) } };
  }

  /**
   * Returns the text with which a build without the command refuses it, otherwise undefined. The text of the restore
   * itself went to the container's output, so the command is run again.
   */
  async #askForRestore(container: ContainerRef, signal: AbortSignal): Promise<string | undefined> {
    if (this.#dialect.isMissing === undefined) return undefined;
    const { failure } = await this.#commands.run({ args: ["restore", "--help"], container }, signal);
    return failure !== undefined && this.#isMissing(failure.text) ? failure.text : undefined;
  }

  #flags({ openTcp, externalUnixSockets, terminal, fileLocks, emptyNamespaces, cgroupsMode }: Allowed): string[] {
    if (emptyNamespaces.length > 0 && !this.#dialect.hasEmptyNamespaces) {
      throw unimplemented("this runtime cannot omit namespaces from a checkpoint");
    }
    const flags = emptyNamespaces.map((type) => `--empty-ns=${type}`);
    if (openTcp) flags.push("--tcp-established");
    if (externalUnixSockets) flags.push("--ext-unix-sk");
    if (terminal) flags.push("--shell-job");
    if (fileLocks) flags.push("--file-locks");
    if (cgroupsMode !== "") flags.push(`--manage-cgroups-mode=${cgroupsMode}`);
    return flags;
  }

  #isMissing(text: string): boolean {
    return this.#dialect.isMissing?.(text) ?? false;
  }
}

async function makeDirectory(imagePath: string): Promise<void> {
  try {
    await onDeviceOf(imagePath, () => mkdir(imagePath, { recursive: true, mode: 0o700 }));
  } catch (error) {
    throw invalidArgument(
      `path ${imagePath} of the checkpoint cannot be made a directory: ${(error as Error).message}`,
    );
  }
}
