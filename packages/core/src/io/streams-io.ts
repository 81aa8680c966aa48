import { finishedWithin } from "./finished-within.ts";
import type { OwnedFd } from "./owned-fd.ts";
import type { ProcessIo, ProcessStdio } from "./process-io.ts";
import type { InputStream, OutputStream } from "./stream.ts";

export interface Streams {
  readonly stdin: InputStream | undefined;
  readonly stdout: OutputStream | undefined;
  readonly stderr: OutputStream | undefined;
  /** /dev/null, for the streams that are undefined. */
  readonly devNull: OwnedFd;
}

/** The three streams of a process as one. */
export class StreamsIo implements ProcessIo {
  readonly stdio: ProcessStdio;
  readonly #resources: Disposable;
  readonly #stdin: InputStream | undefined;
  readonly #outputs: readonly OutputStream[];
  readonly #devNull: OwnedFd;
  #isClosed = false;

  /** `resources` owns the streams. */
  constructor(resources: Disposable, { stdin, stdout, stderr, devNull }: Streams) {
    this.#resources = resources;
    this.#stdin = stdin;
    this.#outputs = [...new Set([stdout, stderr])].filter((output) => output !== undefined);
    this.#devNull = devNull;
    this.stdio = {
      stdin: (stdin ?? devNull).fd,
      stdout: (stdout ?? devNull).fd,
      stderr: (stderr ?? devNull).fd,
    };
  }

  handedOver(): void {
    if (this.#isClosed) return;
    this.#devNull.close();
    this.#stdin?.handedOver();
    for (const output of this.#outputs) output.handedOver();
  }

  closeStdin(): void {
    this.#stdin?.closeStdin();
  }

  processExited(): void {
    if (this.#isClosed) return;
    for (const output of this.#outputs) output.processExited();
  }

  drained(timeoutMs: number): Promise<boolean> {
    const outputs = this.#outputs.map(({ finished }) => finished);
    return finishedWithin(outputs, timeoutMs);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#resources[Symbol.dispose]();
  }
}
