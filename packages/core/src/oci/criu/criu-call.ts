import { rmSync } from "node:fs";
import { access, mkdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StatusError } from "@dunnage/ttrpc";
import { invalidArgument, unimplemented } from "../../errors/errors.ts";
import { unmountTree } from "../../mount/rootfs.ts";
import { onDeviceOf } from "../../native/device-of.ts";
import type { RuntimeDeps } from "../../runtime/define.ts";
import type { ContainerRef } from "../../runtime/runtime.ts";
import { writePrivateFile } from "../../spec/write-file.ts";

/** Kind of a CRIU call, as its log is named: `dump.log`, `restore.log`. */
export type CriuWork = "dump" | "restore";

/** Enough to show the cause; CRIU's last messages are about its own clean-up. */
const maxErrors = 3;
const unmountTimeoutMs = 10_000;
const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Where CRIU works if the client has not chosen a directory. */
export const criuWorkPath = (bundle: string): string => join(bundle, "criu-work");

export interface CriuCallOptions {
  readonly deps: Pick<RuntimeDeps, "commands" | "log" | "findExecutable">;
  readonly container: ContainerRef;
  readonly work: CriuWork;
  /** Empty: a directory in the bundle. */
  readonly workPath: string;
  /** Lines of CRIU's configuration. */
  readonly config: readonly string[];
}

/**
 * What one command that calls CRIU needs: its directory for logs and its configuration. Both are removed when the
 * command has ended, except for a directory that the client has chosen.
 */
export class CriuCall implements AsyncDisposable {
  readonly workPath: string;
  /** Variables for the environment of the command. */
  readonly env: readonly string[];
  readonly #deps: CriuCallOptions["deps"];
  readonly #work: CriuWork;
  readonly #container: ContainerRef;
  readonly #own: readonly string[];
  /** The work directory as mountinfo names it. */
  readonly #mountTop: string;

  /**
   * @throws {StatusError} InvalidArgument – the container's options name a program that does not exist; Unimplemented –
   *   they name none, and this machine has none; Unknown – a device of the client's does not respond.
   */
  static async open(options: CriuCallOptions): Promise<CriuCall> {
    await requireProgram(options);
    const workPath = options.workPath || criuWorkPath(options.container.bundle);
    return new CriuCall(options, workPath, await makeWorkDirectory(workPath));
  }

  private constructor({ deps, container, work, config, ...given }: CriuCallOptions, workPath: string, top: string) {
    const { criuPath } = container.options;
    const configPath = join(container.bundle, "criu.conf");
    this.#deps = deps;
    this.#work = work;
    this.#container = container;
    this.workPath = workPath;
    this.#mountTop = top;
    this.#own = given.workPath === "" ? [workPath, configPath] : [configPath];
    writePrivateFile(configPath, config.map((line) => `${line}\n`).join(""), "configuration of criu");
    const path = criuPath === "" ? [] : [`PATH=${dirname(criuPath)}:${standardPath}`];
    this.env = [`CRIU_CONFIG_FILE=${configPath}`, ...path];
  }

  /**
   * Returns the runtime's message, and CRIU's own errors, which only its log contains. The log is kept in the bundle.
   */
  async explain(text: string): Promise<string> {
    const name = `${this.#work}.log`;
    const kept = join(this.#container.bundle, `criu-${name}`);
    try {
      const path = join(this.workPath, name);
      const log = await onDeviceOf(path, () => readFile(path, "utf8"));
      writePrivateFile(kept, log, "log of criu");
      return [text, ...lastErrors(log), `(${kept})`].join("; ");
    } catch {
      return text; // no log was written
    }
  }

  /**
   * CRIU mounts cgroup hierarchies there. If it is killed half-way, it leaves them mounted, and removing their contents
   * would remove cgroups. So they are unmounted first.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await unmountTree(this.#mountTop, this.#deps, AbortSignal.timeout(unmountTimeoutMs));
      for (const path of this.#own) rmSync(path, { recursive: true, force: true });
    } catch (error) {
      this.#deps.log.warn("files of criu cannot be removed", { id: this.#container.id, error });
    }
  }
}

async function requireProgram({ deps, container }: CriuCallOptions): Promise<void> {
  const { criuPath } = container.options;
  if (criuPath === "" && deps.findExecutable("criu") === undefined) {
    throw unimplemented('exec: "criu": executable file not found in $PATH of the shim');
  }
  if (criuPath === "") return;
  await onDeviceOf(criuPath, () => access(criuPath)).catch((error: Error) => {
    if (error instanceof StatusError) throw error;
    throw invalidArgument(`criu_path ${criuPath} does not exist`);
  });
}

/** Creates the directory and returns its path without symbolic links. */
function makeWorkDirectory(path: string): Promise<string> {
  return onDeviceOf(path, async () => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return await realpath(path);
  });
}

/**
 * Returns the errors in a log of CRIU, without their time stamps, the cause first; the last lines if there are no
 * errors.
 */
export function lastErrors(log: string): readonly string[] {
  const lines = log.split("\n").map((line) => line.replace(/^\([\d.]+\)\s*/, "").trim());
  const errors = lines.filter((line) => /\bError \(/.test(line) && !line.includes("RLIMIT_NOFILE"));
  return (errors.length > 0 ? errors : lines.filter(Boolean)).slice(-maxErrors);
}
