import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import type { ProcessIo } from "../../src/io/process-io.ts";
import { Pty, sendDescriptors } from "./pty.ts";
import { until } from "./until.ts";

/** A process with a terminal of the host; its `ProcessIo` received the master as it would from an OCI runtime. */
export class TerminalProcess implements AsyncDisposable {
  /** Path of the terminal. */
  readonly path: string;
  readonly #child: ChildProcess;

  /** Starts it. `prepare` is called when the runtime has exited, before `handedOver`. */
  constructor(io: ProcessIo, script: string, prepare: () => void = () => {}) {
    using pty = new Pty();
    this.path = pty.slave;
    // The session leader must open its controlling terminal itself: setsid(1) creates a session, --ctty takes the
    // terminal.
    const command = `exec setsid --ctty --wait sh -c "$1" < "$2" > "$2" 2>&1`;
    this.#child = spawn("sh", ["-c", command, "sh", script, pty.slave], { stdio: "ignore" });
    closeSync(sendDescriptors(io.consoleSocket ?? "", [pty.master]));
    prepare();
    io.handedOver();
    this.#child.once("exit", () => io.processExited());
  }

  /** Exit code, or the name of the signal. */
  async ended(): Promise<number | string> {
    await until(() => this.#isOver, "the end of the process");
    return this.#child.exitCode ?? this.#child.signalCode ?? -1;
  }

  get #isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) this.#child.kill("SIGKILL");
    await this.ended();
  }
}
