import { constants, openSync } from "node:fs";
import type { Logger } from "../../log/logger.ts";
import type { Libc, TerminalSize } from "../../native/libc.ts";
import type { OutputTarget } from "../copy/output-target.ts";
import { whenRead } from "../copy/when-true.ts";
import type { ClientInput } from "../fifo/client-input.ts";
import { finishedWithin } from "../finished-within.ts";
import { OwnedFd } from "../owned-fd.ts";
import type { OutputOutlook, ProcessIo, ProcessStdio } from "../process-io.ts";
import type { OpenIoDeps } from "../stream.ts";
import { ConsoleSocket } from "./console-socket.ts";
import { TerminalOutput } from "./terminal-output.ts";
import { TerminalSink } from "./terminal-sink.ts";

/** The client's side of a terminal: what is copied to it, and what it is copied to. */
export interface TerminalStreams {
  readonly input: ClientInput | undefined;
  readonly target: OutputTarget;
  /** Directory of the console socket. */
  readonly consoleDirectory: string;
  /** Owns `input` and `target`. */
  readonly resources: Disposable;
}

/**
 * The streams of a process that has its own terminal, which the runtime creates. All output is in stdout; stderr's path
 * is ignored.
 *
 * At the end of input (CloseIO was called and no client has stdin open for writing) the terminal is hung up, once its
 * output has been copied.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/runtime/v2/runc/platform.go
 */
export class TerminalIo implements ProcessIo {
  readonly stdio: ProcessStdio;
  readonly openedAt = performance.now();
  readonly consoleSocket: string;
  readonly #libc: Libc;
  readonly #log: Logger;
  readonly #stack: DisposableStack;
  readonly #console: ConsoleSocket;
  readonly #devNull: OwnedFd;
  readonly #input: ClientInput | undefined;
  readonly #target: OutputTarget;
  readonly #output: TerminalOutput;
  /** Undefined until it is received, and after it is hung up. */
  #master: OwnedFd | undefined;
  #isHandedOver = false;
  #isFinished = false;
  #size: TerminalSize | undefined;

  /** Opens the socket on which the runtime sends the terminal. Takes `resources` over. */
  constructor({ input, target, consoleDirectory, resources }: TerminalStreams, { libc, log }: OpenIoDeps) {
    using stack = new DisposableStack();
    stack.use(resources);
    this.#libc = libc;
    this.#log = log;
    this.#input = input;
    this.#target = target;
    this.#output = stack.use(new TerminalOutput(libc, this.#log, target));
    void this.#output.finished.then(() => {
      this.#isFinished = true;
    });
    this.#devNull = stack.use(new OwnedFd(openSync("/dev/null", constants.O_RDWR)));
    const { fd } = this.#devNull;
    this.stdio = { stdin: fd, stdout: fd, stderr: fd };
    this.#console = stack.use(new ConsoleSocket(libc, consoleDirectory));
    this.consoleSocket = this.#console.path;
    this.#stack = stack.move();
  }

  handedOver(): void {
    if (this.#stack.disposed || this.#isHandedOver) return;
    this.#isHandedOver = true;
    this.#devNull.close();
    const master = this.#stack.use(this.#console.receive());
    this.#console[Symbol.dispose]();
    this.#libc.setNonblocking(master.fd, true);
    this.#master = master;
    if (this.#size) this.#libc.resizeTerminal(master.fd, this.#size);
    this.#output.start(master.fd);
    this.#startInput(master);
  }

  /** If the terminal has not been received yet, the size is remembered. */
  resize(size: TerminalSize): void {
    this.#size = size;
    if (this.#master) this.#libc.resizeTerminal(this.#master.fd, size);
  }

  closeStdin(): void {
    this.#input?.closeStdin();
  }

  /** Closes the input: clients that write get EPIPE from now on. */
  processExited(): void {
    if (this.#stack.disposed) return;
    this.#input?.[Symbol.dispose]();
    this.#output.processExited();
  }

  unread(): number {
    return this.#output.unread + (this.#target.unread?.() ?? 0);
  }

  outlook(): OutputOutlook {
    if (this.#isFinished && this.unread() === 0) return "delivered";
    return (this.#target.hasReader?.() ?? true) ? "expected" : "abandoned";
  }

  async drained(timeoutMs: number): Promise<boolean> {
    const isComplete = await finishedWithin([this.#output.finished], timeoutMs);
    await this.#target.finish?.();
    return isComplete;
  }

  close(): void {
    this.#master = undefined;
    this.#stack.dispose();
  }

  #startInput(master: OwnedFd): void {
    if (this.#input === undefined) return;
    const lost = (error: Error): void => {
      this.#log.warn("input lost", { error: error.message });
      this.#input?.[Symbol.dispose]();
    };
    const sink = this.#stack.use(new TerminalSink(this.#libc, master.fd, lost));
    this.#input.copyTo(sink, (error) => (error ? lost(error) : this.#hangUp(master, sink)));
  }

  /** Hangs the terminal up once its output is copied: it ends with the last descriptor of its master. */
  #hangUp(master: OwnedFd, sink: TerminalSink): void {
    if (this.#stack.disposed) return;
    const hangUp = (): void => {
      this.#master = undefined;
      sink[Symbol.dispose]();
      this.#output.end();
      master.close();
    };
    this.#stack.use(whenRead(this.#libc, master.fd, hangUp));
  }
}
