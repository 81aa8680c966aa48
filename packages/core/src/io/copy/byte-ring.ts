/** Holds the newest bytes of a stream. When it is full, the oldest bytes are dropped. */
export class ByteRing {
  readonly #bytes: Buffer;
  #start = 0;
  #length = 0;

  /** The kernel allocates only the pages that are written to. */
  constructor(capacityBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacityBytes);
  }

  get length(): number {
    return this.#length;
  }

  /** Appends `chunk`. Returns how many bytes were dropped: first older ones, then the start of `chunk` itself. */
  push(chunk: Buffer): number {
    const capacity = this.#bytes.length;
    const kept = chunk.subarray(Math.max(0, chunk.length - capacity));
    const excess = Math.max(0, this.#length + kept.length - capacity);
    this.consume(excess);
    const end = (this.#start + this.#length) % capacity;
    const copied = kept.copy(this.#bytes, end);
    kept.copy(this.#bytes, 0, copied);
    this.#length += kept.length;
    return excess + chunk.length - kept.length;
  }

  /** Returns the oldest bytes, at most `mostBytes`, and only as many as are contiguous. Valid until the next `push`. */
  peek(mostBytes: number): Buffer {
    return this.#bytes.subarray(this.#start, this.#start + Math.min(mostBytes, this.#length));
  }

  /** Forgets the oldest bytes. */
  consume(bytes: number): void {
    this.#start = (this.#start + bytes) % this.#bytes.length;
    this.#length -= bytes;
  }
}
