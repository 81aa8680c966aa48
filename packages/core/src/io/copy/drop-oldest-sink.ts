import type { Logger } from "../../log/logger.ts";
import { ByteRing } from "./byte-ring.ts";
import type { Sink } from "./sink.ts";

const writeBytes = 64 * 1024;

/**
 * A sink that never makes its writer wait. While the sink behind it accepts nothing, it keeps the newest bytes and
 * drops the older ones. Bytes that the sink behind it has already accepted, such as the content of a FIFO, are not
 * dropped. The log reports when dropping starts. It reports the number of dropped bytes when the reader has caught up,
 * or at the end.
 */
export class DropOldestSink implements Sink {
  /** Splicing would leave the rest of the bytes in the pipe. */
  readonly spliceFd = undefined;
  readonly #sink: Sink;
  readonly #log: Logger;
  readonly #bufferBytes: number;
  /** Allocated only while bytes are waiting. */
  #ring: ByteRing | undefined;
  #isBlocked = false;
  #droppedBytes = 0;
  #onEmpty: (() => void) | undefined;
  readonly #resume = (): void => this.#catchUp();

  /** Takes `sink` over. */
  constructor(sink: Sink, bufferBytes: number, log: Logger) {
    this.#sink = sink;
    this.#bufferBytes = bufferBytes;
    this.#log = log;
  }

  write(chunk: Buffer): boolean {
    if (this.#isBlocked) this.#keep(chunk);
    else this.#isBlocked = !this.#sink.write(chunk, this.#resume);
    return true;
  }

  whenEmpty(then: () => void): void {
    if (this.#isBlocked) this.#onEmpty = then;
    else then();
  }

  [Symbol.dispose](): void {
    this.#sink[Symbol.dispose]();
    this.#droppedBytes += this.#ring?.length ?? 0;
    this.#ring = undefined;
    this.#reportDropped();
  }

  #keep(chunk: Buffer): void {
    this.#ring ??= new ByteRing(this.#bufferBytes);
    const dropped = this.#ring.push(chunk);
    if (dropped > 0 && this.#droppedBytes === 0) this.#log.warn("output is being dropped, its reader is away");
    this.#droppedBytes += dropped;
  }

  #catchUp(): void {
    this.#isBlocked = false;
    while (!this.#isBlocked && this.#ring !== undefined && this.#ring.length > 0) {
      const chunk = this.#ring.peek(writeBytes);
      this.#isBlocked = !this.#sink.write(chunk, this.#resume);
      this.#ring.consume(chunk.length);
    }
    if (this.#isBlocked) return;
    this.#ring = undefined;
    this.#reportDropped();
    this.#onEmpty?.();
  }

  #reportDropped(): void {
    if (this.#droppedBytes > 0) this.#log.warn("output was dropped", { dropped_bytes: this.#droppedBytes });
    this.#droppedBytes = 0;
  }
}
