import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, delimiter, join } from "node:path";
import { buildBusyboxImage, busyboxImage } from "./busybox-image.ts";
import { type CommandOptions, type CommandResult, runCommand } from "./command.ts";
import { ContainerdApi, type Task } from "./containerd-api.ts";
import { type ContainerdVersion, formatConfig, programsOf, versionUnderTest } from "./containerd-version.ts";
import { isAlive, mentions, type ProcessStatus, readProcesses } from "./proc.ts";
import { removeRemains } from "./remains.ts";
import { runtimeUnderTest, searchPath } from "./runtime-under-test.ts";
import { until } from "./until.ts";

export interface ContainerdOptions {
  /** Line of containerd and of its `ctr`. Default: the one under test. */
  readonly version?: ContainerdVersion;
  /** Runtime of the containers. Default: the one under test. */
  readonly runtime?: string;
  /**
   * Text of the shim's configuration file, or a function that makes it from containerd's directory. Default: a short
   * linger.
   */
  readonly config?: string | ((dir: string) => string);
  /** Directories that come first on containerd's search path. */
  readonly path?: readonly string[];
  /** Additional variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Makes the configuration of the CRI plugin, as TOML tables, from containerd's directory. Default: the plugin is
   * disabled.
   */
  readonly cri?: (dir: string) => string;
}

/** Arguments of `ctr run` in addition to runtime, image and name. */
export interface RunOptions {
  readonly flags?: readonly string[];
  /** Default: the busybox image. */
  readonly image?: string;
}

/** The address of a shim, and the version of its Task API. */
export interface ShimEndpoint {
  readonly address: string;
  readonly version: number;
}

/** Prefix of all names of this test process: directories in /run and namespaces, and therefore cgroups and mounts. */
export const testTag: string = `dnt${process.pid}-`;

/** The shim's configuration unless a test has its own: the daemon does not outlive its containers for long. */
export const defaultConfig = 'linger = "1s"\n';

/** A private containerd with its own directory, socket and namespace. It does not touch the host's containerd. */
export class Containerd implements AsyncDisposable {
  readonly dir: string;
  /** Unique on this machine, like the directory. It is part of the names of cgroups and of the OCI runtime's state. */
  readonly namespace: string;
  readonly address: string;
  readonly runtime: string;
  readonly version: ContainerdVersion;
  readonly env: NodeJS.ProcessEnv;
  readonly api: ContainerdApi;
  #daemon: ChildProcess | undefined;

  private constructor(options: ContainerdOptions) {
    this.dir = mkdtempSync(`/run/${testTag}`);
    chmodSync(this.dir, 0o711); // gVisor's sandbox runs as uid 65534 and traverses it to TMPDIR
    this.namespace = basename(this.dir);
    this.address = join(this.dir, "c.sock");
    this.api = new ContainerdApi(this);
    this.version = options.version ?? versionUnderTest;
    this.runtime = options.runtime ?? runtimeUnderTest;
    this.env = {
      PATH: [...(options.path ?? []), ...programsOf(this.version), searchPath].join(delimiter),
      TMPDIR: join(this.dir, "tmp"),
      DUNNAGE_RUNTIME_DIR: join(this.dir, "shim"),
      DUNNAGE_CONFIG: join(this.dir, "etc/config.toml"),
      DUNNAGE_TEST_INSTANCE: this.namespace,
      ...options.env,
    };
    mkdirSync(join(this.dir, "tmp"));
    this.configure(options.config ?? defaultConfig);
    const own = formatConfig(this.version, { dir: this.dir, address: this.address, cri: options.cri?.(this.dir) });
    writeFileSync(join(this.dir, "containerd.toml"), own);
  }

  /** Starts containerd and imports the busybox image. */
  static async start(options: ContainerdOptions = {}): Promise<Containerd> {
    const containerd = new Containerd(options);
    try {
      await containerd.restart();
      const archive = join(containerd.dir, "image.tar");
      writeFileSync(archive, buildBusyboxImage());
      await containerd.ctrOk("image", "import", archive);
      return containerd;
    } catch (error) {
      await containerd[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Changes the configuration of the shims. It is written into an empty directory of its own, because a daemon treats
   * any change in that directory as a change of the configuration. The next container that is created gets a new
   * daemon.
   */
  configure(config: NonNullable<ContainerdOptions["config"]>): void {
    const etc = join(this.dir, "etc");
    rmSync(etc, { recursive: true, force: true });
    mkdirSync(etc);
    writeFileSync(join(etc, "config.toml"), typeof config === "string" ? config : config(this.dir));
  }

  get pid(): number {
    const pid = this.#daemon?.pid;
    if (pid === undefined) throw new Error("containerd does not run");
    return pid;
  }

  /** The log so far, including events and the logs of the shims. */
  get log(): string {
    return readFileSync(join(this.dir, "containerd.log"), "utf8");
  }

  /** Starts containerd, or stops it with SIGTERM and starts it again; returns when it answers. */
  async restart(): Promise<void> {
    await this.stop("SIGTERM");
    const log = openSync(join(this.dir, "containerd.log"), "a");
    const level = this.version === "1.6" ? "debug" : "trace"; // the lowest that logs events; both give shims -debug
    const args = ["--config", join(this.dir, "containerd.toml"), "--log-level", level];
    // Detached: Ctrl-C must reach only the process that started the tests.
    this.#daemon = spawn("containerd", args, { env: this.env, cwd: "/", detached: true, stdio: ["ignore", log, log] });
    this.#daemon.on("error", () => undefined);
    closeSync(log);
    await until(async () => {
      await this.api.version();
      return true;
    }, "containerd answers");
  }

  /** Stops containerd; its containers keep running. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (daemon?.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const exited = Promise.withResolvers<void>();
    daemon.once("exit", () => exited.resolve());
    daemon.kill(signal);
    await exited.promise;
  }

  /** Stops it with SIGKILL, so it cannot clean up. */
  kill9(): Promise<void> {
    return this.stop("SIGKILL");
  }

  /** Runs `ctr` on this containerd in its namespace. */
  ctr(...args: readonly string[]): Promise<CommandResult> {
    return this.ctrWith({}, ...args);
  }

  ctrWith(options: CommandOptions, ...args: readonly string[]): Promise<CommandResult> {
    return runCommand("ctr", this.ctrArgs(args), { env: this.env, ...options });
  }

  /** Runs `ctr`, which must succeed; returns its output. */
  async ctrOk(...args: readonly string[]): Promise<string> {
    const result = await this.ctr(...args);
    if (result.status === 0) return result.stdout;
    throw new Error(`ctr ${args.join(" ")}: status ${result.status ?? result.signal}: ${result.stderr.trim()}`);
  }

  /** Starts `ctr` and leaves its streams to the caller. */
  spawnCtr(...args: readonly string[]): ChildProcess {
    return spawn("ctr", this.ctrArgs(args), { env: this.env, stdio: ["pipe", "pipe", "pipe"] });
  }

  /** Returns the arguments of `ctr run` for a container of the runtime under test. */
  runArgs(id: string, command: readonly string[], options: RunOptions = {}): readonly string[] {
    const { flags = [], image = busyboxImage } = options;
    return ["run", "--runtime", this.runtime, "--fifo-dir", this.fifoDir, ...flags, image, id, ...command];
  }

  /** Runs `ctr run`; the result's status is the container's exit code. */
  run(id: string, command: readonly string[], options?: RunOptions): Promise<CommandResult> {
    return this.ctr(...this.runArgs(id, command, options));
  }

  /** Runs `ctr run -d`, which must succeed. */
  async runDetached(id: string, command: readonly string[], options: RunOptions = {}): Promise<void> {
    const flags = ["-d", ...(options.flags ?? [])];
    await this.ctrOk(...this.runArgs(id, command, { ...options, flags }));
  }

  /** Runs `ctr task exec`; the result's status is the process's exit code. */
  exec(id: string, execId: string, command: readonly string[]): Promise<CommandResult> {
    return this.ctr("task", "exec", "--fifo-dir", this.fifoDir, "--exec-id", execId, id, ...command);
  }

  /** Runs `ctr task exec -d`, which ends when the process has started. */
  execDetached(id: string, execId: string, command: readonly string[]): Promise<CommandResult> {
    return this.ctr("task", "exec", "-d", "--fifo-dir", this.fifoDir, "--exec-id", execId, id, ...command);
  }

  /** Kills a container in any state and removes it completely. */
  async remove(id: string): Promise<void> {
    await this.ctr("task", "delete", "--force", id);
    await this.ctrOk("container", "delete", id);
  }

  /** Kills and deletes all containers. */
  async removeContainers(): Promise<void> {
    const tasks = await this.api.taskIds();
    if (tasks.length > 0) await this.ctr("task", "delete", "--force", ...tasks);
    const containers = await this.api.containerIds();
    if (containers.length > 0) await this.ctr("container", "delete", ...containers);
  }

  /** Returns status and pid of a container's task; undefined if it does not exist. */
  task(id: string): Promise<Task | undefined> {
    return this.api.task(id);
  }

  /** Returns the path of the bundle that containerd hands to the shim. */
  bundle(id: string, namespace: string = this.namespace): string {
    return join(this.dir, "state/io.containerd.runtime.v2.task", namespace, id);
  }

  /** Returns the address of the shim that serves a container. */
  shimAddress(id: string): string {
    return this.shimEndpoint(id).address;
  }

  shimEndpoint(id: string, namespace?: string): ShimEndpoint {
    const bundle = this.bundle(id, namespace);
    const bootstrap = join(bundle, "bootstrap.json"); // since 2.0
    if (existsSync(bootstrap)) return JSON.parse(readFileSync(bootstrap, "utf8"));
    return { address: readFileSync(join(bundle, "address"), "utf8"), version: 2 };
  }

  /** Returns every process that containerd started and their descendants, including the processes of containers. */
  processes(): readonly ProcessStatus[] {
    const own = new Set([process.pid, this.#daemon?.pid]);
    return readProcesses().filter(({ pid }) => !own.has(pid) && mentions(pid, this.namespace) && isAlive(pid));
  }

  get fifoDir(): string {
    return join(this.dir, "fifo");
  }

  ctrArgs(args: readonly string[]): readonly string[] {
    return ["--address", this.address, "--namespace", this.namespace, ...args];
  }

  /**
   * Deletes all containers, waits until their shims have exited, and removes everything.
   * @throws {Error} names what was left and had to be removed by force.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#daemon?.exitCode !== null || this.#daemon.signalCode !== null) await this.restart();
    await this.removeContainers();
    await until(() => this.processes().length === 0, "every shim ends").catch(() => undefined);
    const processes = this.processes();
    await this.stop("SIGTERM");
    await removeRemains(this, processes);
  }
}
