import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Command,
  type CommandResult,
  type ContainerRef,
  defaultOptions,
  type Logger,
  type RuntimeDeps,
  type RuntimeOptions,
} from "@dunnage/core";
import { RunscRuntime } from "../../src/runsc-runtime.ts";

/** The result of a command: its output, or the error that it logs and fails with. Default: success, no output. */
export interface Answer {
  readonly stdout?: string;
  readonly error?: string;
  readonly exitStatus?: number;
}

/** One call, without the global flags that every call has. */
export interface Call {
  readonly words: readonly string[];
  /** Whether the command was given streams for a process. */
  readonly hasStdio: boolean;
}

const log: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => log };

/** A runsc that only records its calls, and its adapter. */
export class FakeRunsc implements Disposable {
  readonly dir: string = mkdtempSync(join(tmpdir(), "runsc-"));
  readonly calls: Call[] = [];
  readonly flags: (readonly string[])[] = [];
  readonly runtime: RunscRuntime;
  /** Results of the next commands, by command name. */
  readonly answers = new Map<string, Answer | ((words: readonly string[]) => Answer | Promise<Answer>)>();

  constructor(flags: Readonly<Record<string, string>> = {}) {
    const deps: RuntimeDeps = {
      commands: { run: (command, signal) => this.#run(command, signal), spawn: () => 0 },
      log,
      findExecutable: (name) => `/fake/${name}`,
    };
    this.runtime = new RunscRuntime(deps, flags);
  }

  /** Returns a container whose bundle has these annotations. */
  container(id: string, annotations: object = {}, options: Partial<RuntimeOptions> = {}): ContainerRef {
    const bundle = join(this.dir, id);
    mkdirSync(bundle, { recursive: true });
    writeFileSync(join(bundle, "config.json"), JSON.stringify({ ociVersion: "1.0.2", annotations }));
    return { id, namespace: "ns", bundle, options: { ...defaultOptions, root: this.dir, ...options } };
  }

  /** Returns a container that joins the sandbox of a pod. */
  member(id: string): ContainerRef {
    return this.container(id, {
      "io.kubernetes.cri.container-type": "container",
      "io.kubernetes.cri.sandbox-id": "pod",
    });
  }

  /** Command lines so far; the bundles' directory is shortened to `~`. */
  get lines(): string[] {
    return this.calls.map(({ words }) => words.join(" ").replaceAll(this.dir, "~"));
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true });
  }

  async #run({ args, stdout }: Command, signal: AbortSignal): Promise<CommandResult> {
    const at = args.findIndex((arg) => !arg.startsWith("--") || arg === "--version");
    const words = args.slice(at);
    this.flags.push(args.slice(0, at));
    this.calls.push({ words, hasStdio: stdout !== undefined });
    const pidFile = words[words.indexOf("--pid-file") + 1];
    if (words[0] === "create" && pidFile !== undefined) writeFileSync(pidFile, "123");
    const given = this.answers.get(words[0] ?? "") ?? {};
    const answer = typeof given === "function" ? await given(words) : given;
    signal.throwIfAborted();
    const logFile = args.find((arg) => arg.startsWith("--log="))?.slice("--log=".length);
    if (answer.error !== undefined && logFile !== undefined) {
      writeFileSync(logFile, JSON.stringify({ level: "error", msg: answer.error }));
    }
    const exitStatus = answer.exitStatus ?? (answer.error === undefined ? 0 : 128);
    return { exitStatus, stdout: answer.stdout ?? "", stderr: "" };
  }
}
