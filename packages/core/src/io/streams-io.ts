import { finishedWithin } from "./finished-within.ts";
import type { OwnedFd } from "./owned-fd.ts";
import type { OutputOutlook, ProcessIo, ProcessStdio } from "./process-io.ts";
import type { InputStream, OutputStream, Outputs } from "./stream.ts";

export interface Streams {
  readonly stdin: InputStream | undefined;
  readonly outputs: Outputs;
  /** /dev/null, for the streams that are undefined. */
  readonly devNull: OwnedFd;
}

/** The three streams of a process as one. */
export class StreamsIo implements ProcessIo {
  readonly stdio: ProcessStdio;
  readonly openedAt = performance.now();
  readonly #resources: Disposable;
  readonly #streams: Streams;
  readonly #outputs: readonly OutputStream[];
  #isClosed = false;
  #isFinished = false;

  /** `resources` owns the streams. */
  constructor(resources: Disposable, streams: Streams) {
    this.#resources = resources;
    this.#streams = streams;
    const { stdin, outputs, devNull } = streams;
    const { stdout, stderr } = outputs;
    this.#outputs = [...new Set([stdout, stderr])].filter((output) => output !== undefined);
    void Promise.all(this.#outputs.map(({ finished }) => finished)).then(() => {
      this.#isFinished = true;
    });
    this.stdio = {
      stdin: (stdin ?? devNull).fd,
      stdout: (stdout ?? devNull).fd,
      stderr: (stderr ?? devNull).fd,
    };
  }

  handedOver(): void {
    if (this.#isClosed) return;
    this.#streams.devNull.close();
    this.#streams.stdin?.handedOver();
    for (const output of this.#outputs) output.handedOver();
  }

  closeStdin(): void {
    this.#streams.stdin?.closeStdin();
  }

  processExited(): void {
    if (this.#isClosed) return;
    for (const output of this.#outputs) output.processExited();
  }

  unread(): number {
    return this.#outputs.reduce((sum, output) => sum + (output.unread?.() ?? 0), 0);
  }

  outlook(): OutputOutlook {
    if (this.#isFinished && this.unread() === 0) return "delivered";
    return this.#outputs.some((output) => output.hasReader?.() ?? true) ? "expected" : "abandoned";
  }

  async drained(timeoutMs: number): Promise<boolean> {
    const finished = this.#outputs.map((output) => output.finished);
    const isComplete = await finishedWithin(finished, timeoutMs);
    await this.#streams.outputs.finish?.();
    return isComplete;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#resources[Symbol.dispose]();
  }
}
