import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { toOciSpec, writeBundle, writeRootfs } from "./bundle.ts";
import { type CommandOptions, type CommandResult, runCommand } from "./command.ts";
import { defaultConfig, testTag } from "./containerd.ts";
import { isAlive, mentions, type ProcessStatus, readProcesses } from "./proc.ts";
import { removeRemains } from "./remains.ts";
import { isReference, runtimeUnderTest, searchPath } from "./runtime-under-test.ts";
import { until } from "./until.ts";

/** A container as shown by `dunnage ps --json`. */
export interface Listed {
  readonly id: string;
  readonly status: string;
  readonly pid: number;
  readonly exitStatus: number | null;
  readonly directory: string;
}

export interface DunnageOptions {
  /** Text of the shim's configuration file, or a function that makes it from the directory. Default: a short linger. */
  readonly config?: string | ((dir: string) => string);
}

/** The `dunnage` command with its own state. It does not touch the host's state. */
export class Dunnage implements AsyncDisposable {
  readonly dir: string;
  readonly namespace: string;
  readonly env: NodeJS.ProcessEnv;
  readonly runtime = isReference ? "runc" : runtimeUnderTest;

  constructor({ config = defaultConfig }: DunnageOptions = {}) {
    this.dir = mkdtempSync(`/run/${testTag}`);
    this.namespace = basename(this.dir);
    mkdirSync(join(this.dir, "etc"));
    writeFileSync(join(this.dir, "etc/config.toml"), typeof config === "string" ? config : config(this.dir));
    this.env = {
      PATH: searchPath,
      TERM: "xterm",
      DUNNAGE_RUNTIME_DIR: join(this.dir, "shim"),
      DUNNAGE_CONFIG: join(this.dir, "etc/config.toml"),
      DUNNAGE_TEST_INSTANCE: this.namespace,
    };
  }

  /** Makes a bundle for a command and returns its path. */
  bundle(name: string, command: readonly string[]): string {
    return this.bundleOf(name, toOciSpec(command, { root: this.rootfs }));
  }

  bundleOf(name: string, spec: object): string {
    const path = join(this.dir, "bundles", name);
    writeBundle(path, spec);
    return path;
  }

  /** Path of a busybox root file system that all bundles can share. */
  get rootfs(): string {
    const dir = join(this.dir, "rootfs");
    if (!existsSync(dir)) writeRootfs(dir);
    return dir;
  }

  /** Returns the words of a command line, with the options that locate the test's containers. */
  args([command = "", ...rest]: readonly string[]): readonly string[] {
    const place = ["--root", join(this.dir, "containers"), "--namespace", this.namespace];
    return [
      command,
      ...place,
      ...(command === "run" && !rest.includes("--runtime") ? ["--runtime", this.runtime] : []),
      ...rest,
    ];
  }

  /** Runs a command until it exits. */
  async call(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return runCommand("dunnage", this.args(args), { env: this.env, ...options });
  }

  /** Runs a command that must succeed; returns its standard output. */
  async ok(...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.call(args);
    if (status === 0) return stdout;
    throw new Error(`dunnage ${args.join(" ")}: status ${status}: ${stderr.trim()}`);
  }

  /** Starts a command whose streams the test handles. */
  start(...args: readonly string[]): DunnageProcess {
    return new DunnageProcess(spawn("dunnage", this.args(args), { env: this.env, stdio: "pipe" }));
  }

  /** `dunnage run -d`; returns the container. */
  async runDetached(id: string, command: readonly string[], ...flags: readonly string[]): Promise<Listed> {
    await this.ok("run", "-d", "--id", id, ...flags, this.bundle(id, command));
    return this.find(id);
  }

  async ps(): Promise<readonly Listed[]> {
    return JSON.parse(await this.ok("ps", "--json"));
  }

  async find(id: string): Promise<Listed> {
    const found = (await this.ps()).find((each) => each.id === id);
    if (found === undefined) throw new Error(`${id} is not listed`);
    return found;
  }

  /** Returns the pid of the shim daemon that serves a container. */
  daemonOf(container: Listed): number {
    return JSON.parse(readFileSync(join(container.directory, "dunnage.json"), "utf8")).daemon.pid;
  }

  /** Returns the live processes that were started on behalf of this object. */
  processes(): readonly ProcessStatus[] {
    return readProcesses().filter(({ pid }) => pid !== process.pid && mentions(pid, this.namespace) && isAlive(pid));
  }

  /**
   * Removes all containers with `dunnage rm`, waits until the shims have exited, and removes the rest.
   * @throws {Error} names what was left although `dunnage rm` should have removed it.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const containers = join(this.dir, "containers", this.namespace);
    const names = existsSync(containers) ? readdirSync(containers) : []; // same list as `dunnage ps`, but cheaper
    const ids = names.filter((name) => !name.startsWith("."));
    if (ids.length > 0) await this.ok("rm", "--force", ...ids);
    await until(() => this.processes().length === 0, "every process ends").catch(() => undefined);
    await removeRemains({ dir: this.dir, namespace: this.#shimNamespace }, this.processes());
  }

  /** The namespace of the shims: ours plus a hash of the root. The OCI runtime keeps a directory of that name. */
  get #shimNamespace(): string {
    const roots = ["runc", "crun", "runsc"].map((runtime) => join("/run/containerd", runtime)).filter(existsSync);
    const names = roots.flatMap((root) => readdirSync(root));
    return names.find((name) => name.startsWith(`${this.namespace}-`)) ?? this.namespace;
  }
}

/** A running `dunnage`, with its output so far. */
export class DunnageProcess implements Disposable {
  readonly child: ChildProcess;
  /** Resolves with its exit status when its streams are closed; 128 + signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  #stdout = "";
  #stderr = "";

  constructor(child: ChildProcess) {
    this.child = child;
    const { promise, resolve, reject } = Promise.withResolvers<number | NodeJS.Signals | null>();
    this.ended = promise;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    child.stdin?.on("error", () => undefined);
    child.once("error", reject).once("close", (status, signal) => resolve(signal ?? status));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get stdout(): string {
    return this.#stdout.replaceAll("\r\n", "\n");
  }

  get stderr(): string {
    return this.#stderr;
  }

  type(text: string): void {
    this.child.stdin?.write(text);
  }

  /** Waits until `text` has been written. */
  async shows(text: string): Promise<void> {
    const seen = (): string => JSON.stringify(`${this.stdout.slice(-500)} / ${this.#stderr}`);
    try {
      await until(() => this.stdout.includes(text), `it shows ${JSON.stringify(text)}`);
    } catch (cause) {
      throw new Error(`it does not show ${JSON.stringify(text)} but ${seen()}`, { cause });
    }
  }

  [Symbol.dispose](): void {
    this.child.kill("SIGKILL");
  }
}
