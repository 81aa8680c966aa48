import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, constants, openSync, rmSync, writeSync } from "node:fs";
import { toOciSpec } from "./bundle.ts";
import { until } from "./until.ts";

/** Stdio fields of a Create or Exec request. */
export interface TerminalFields {
  readonly terminal: true;
  readonly stdin: string;
  readonly stdout: string;
}

/** The FIFOs of one process with a terminal, and their reader. Disposing stops the reader. */
export class TerminalClient implements Disposable {
  readonly fields: TerminalFields;
  #reader: ChildProcess | undefined;
  #text = "";
  #ended = Promise.resolve();

  /** Makes the FIFOs `<path>-stdin` and `<path>-stdout`, and starts the reader. */
  constructor(path: string) {
    this.fields = { terminal: true, stdin: `${path}-stdin`, stdout: `${path}-stdout` };
    execFileSync("mkfifo", ["-m", "0700", this.fields.stdin, this.fields.stdout]);
    this.attach();
  }

  /** Everything that all readers have read so far, with `\n` as line ends. */
  get text(): string {
    return this.#text.replaceAll("\r\n", "\n");
  }

  /** Resolves at the end of the output, or when the reader is detached. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  attach(command = "cat"): void {
    const reader = spawn("sh", ["-c", `exec ${command} < "$1"`, "sh", this.fields.stdout], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = Promise.withResolvers<void>();
    reader.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      this.#text += chunk;
    });
    reader.once("close", () => ended.resolve());
    this.#reader = reader;
    this.#ended = ended.promise;
  }

  async detach(): Promise<void> {
    this.#reader?.kill("SIGKILL");
    await this.#ended;
  }

  /** Types a text, as a user does. The shim must have opened the FIFO: after Create, or after Start of an exec. */
  type(text: string): void {
    const fd = openSync(this.fields.stdin, constants.O_WRONLY | constants.O_NONBLOCK);
    writeSync(fd, text);
    closeSync(fd);
  }

  /** Waits until the output contains `text`. */
  async shows(text: string): Promise<void> {
    await until(
      () => this.text.includes(text),
      `the terminal shows ${JSON.stringify(text)}, not ${JSON.stringify(this.text.slice(-500))}`,
    );
  }

  [Symbol.dispose](): void {
    this.#reader?.kill("SIGKILL");
    for (const path of [this.fields.stdin, this.fields.stdout]) rmSync(path, { force: true });
  }
}

/** Like `toOciSpec`, with a terminal for init. `root` is a path. */
export function toTerminalSpec(command: readonly string[], root: string, consoleSize?: object): object {
  const spec = toOciSpec(command, { root }) as { process: object; mounts: object[] };
  const options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"];
  return {
    ...spec,
    process: { ...spec.process, terminal: true, ...(consoleSize && { consoleSize }) },
    mounts: [...spec.mounts, { destination: "/dev/pts", type: "devpts", source: "devpts", options }],
  };
}
