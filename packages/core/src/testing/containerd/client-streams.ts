import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../until.ts";

/** Stdio fields of a Create or Exec request; an empty path means no stream. */
export interface StdioFields {
  readonly terminal: boolean;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The streams that a client wants. */
export interface StreamsOptions {
  /** Default: no stdin. */
  readonly stdin?: boolean;
  /** One stream for all output, and a terminal for the process. Default: no terminal. */
  readonly terminal?: boolean;
}

/**
 * The FIFOs of one process and the client at their other ends, as containerd and its clients create them: outputs are
 * read from the beginning and kept as text. Disposing closes them.
 */
export class ClientStreams implements Disposable {
  readonly fields: StdioFields;
  readonly #outputs = new Map<string, Output>();
  #stdin: number | undefined;

  /** Creates the FIFOs `PREFIX-stdin`, `PREFIX-stdout` and `PREFIX-stderr`. */
  constructor(prefix: string, options: StreamsOptions = {}) {
    const { stdin = false, terminal = false } = options;
    const path = (name: string, isWanted = true): string => (isWanted ? `${prefix}-${name}` : "");
    const [input, output, errors] = [path("stdin", stdin), path("stdout"), path("stderr", !terminal)];
    this.fields = { terminal, stdin: input, stdout: output, stderr: errors };
    execFileSync("mkfifo", ["-m", "0700", ...[input, output, errors].filter((name) => name !== "")]);
    for (const name of [output, errors]) if (name !== "") this.#outputs.set(name, new Output(name));
    // Not O_WRONLY: that fails as long as the FIFO has no reader.
    if (stdin) this.#stdin = openSync(input, constants.O_RDWR | constants.O_NONBLOCK);
  }

  /** What the process has written to stdout or its terminal so far, with plain newlines. */
  get out(): string {
    return (this.#outputs.get(this.fields.stdout)?.text ?? "").replaceAll("\r\n", "\n");
  }

  /** What it has written to stderr so far. */
  get err(): string {
    return this.#outputs.get(this.fields.stderr)?.text ?? "";
  }

  /** Writes to the process's stdin. */
  async write(text: string): Promise<void> {
    if (this.#stdin === undefined) throw new Error("these streams have no stdin");
    for (let rest = Buffer.from(text); rest.length > 0; ) {
      rest = rest.subarray(writeSome(this.#stdin, rest));
      if (rest.length > 0) await sleep(5);
    }
  }

  /** Ends the input of this client; the process sees the end of input after CloseIO. */
  closeInput(): void {
    if (this.#stdin !== undefined) closeSync(this.#stdin);
    this.#stdin = undefined;
  }

  /** Waits until stdout, or the terminal, shows `text`. */
  async shows(text: string): Promise<void> {
    await until(() => this.out.includes(text), `${JSON.stringify(text)} in ${JSON.stringify(this.out.slice(-1000))}`);
  }

  /**
   * Resolves when everything has been read and no writer is left.
   * @throws {Error} another process keeps an output open for a minute longer.
   */
  async ended(): Promise<void> {
    for (const output of this.#outputs.values()) await output.end();
  }

  [Symbol.dispose](): void {
    this.closeInput();
    for (const output of this.#outputs.values()) output.close();
  }
}

/** One FIFO that is read. Its own writer prevents end of file before the process has opened the FIFO. */
class Output {
  text = "";
  readonly #path: string;
  readonly #socket: Socket;
  #keeper: number | undefined;
  #isOver = false;

  constructor(path: string) {
    this.#path = path;
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    this.#keeper = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    this.#socket = new Socket({ fd, readable: true, writable: false });
    this.#socket.setEncoding("utf8").on("data", (chunk: string) => {
      this.text += chunk;
    });
    this.#socket.once("end", () => {
      this.#isOver = true;
    });
  }

  async end(): Promise<void> {
    if (this.#keeper !== undefined) closeSync(this.#keeper);
    this.#keeper = undefined;
    await until(() => this.#isOver, `the end of ${this.#path}, which a process still holds`);
  }

  close(): void {
    if (this.#keeper !== undefined) closeSync(this.#keeper);
    this.#keeper = undefined;
    this.#socket.destroy();
  }
}

function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}
