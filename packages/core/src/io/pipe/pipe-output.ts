import { fchownSync } from "node:fs";
import type { Logger } from "../../log/logger.ts";
import type { Libc } from "../../native/libc.ts";
import type { OutputTarget } from "../copy/output-target.ts";
import { PipeCopy } from "../copy/pipe-copy.ts";
import { OwnedFd } from "../owned-fd.ts";
import type { OutputStream, PipeOwner } from "../stream.ts";

/** stdout or stderr as an anonymous pipe, which is copied to a target. */
export class PipeOutput implements OutputStream {
  readonly #libc: Libc;
  readonly #log: Logger;
  readonly #stack: DisposableStack;
  readonly #processEnd: OwnedFd;
  readonly #source: OwnedFd;
  readonly #target: OutputTarget;
  readonly #finished = Promise.withResolvers<boolean>();
  #copy: PipeCopy | undefined;

  /** Takes `target` over; copying starts with `handedOver`. */
  constructor(
    target: OutputTarget,
    { ioUid, ioGid }: PipeOwner,
    { libc, log }: { readonly libc: Libc; readonly log: Logger },
  ) {
    using stack = new DisposableStack();
    this.#libc = libc;
    this.#log = log;
    this.#target = stack.use(target);
    const [source, processEnd] = libc.pipe();
    this.#source = stack.use(new OwnedFd(source));
    this.#processEnd = stack.use(new OwnedFd(processEnd));
    fchownSync(processEnd, ioUid, ioGid);
    this.#stack = stack.move();
  }

  get fd(): number {
    return this.#processEnd.fd;
  }

  get finished(): Promise<boolean> {
    return this.#finished.promise;
  }

  handedOver(): void {
    if (this.#stack.disposed || this.#copy !== undefined) return;
    this.#processEnd.close();
    const onError = (error: Error): void => {
      this.#log.warn("output could not be read", { error: error.message });
      this.#onEnd();
    };
    const events = { onEnd: () => this.#onEnd(), onError };
    const ends = { source: this.#source, sink: this.#target.sink };
    this.#copy = this.#stack.use(new PipeCopy(this.#libc, ends, events));
  }

  /** Does nothing: a grandchild may still write, so the pipe's end of file decides. */
  processExited(): void {}

  unread(): number {
    return (this.#copy?.unread ?? 0) + (this.#target.unread?.() ?? 0);
  }

  hasReader(): boolean {
    return this.#target.hasReader?.() ?? true;
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
    this.#finished.resolve(false);
  }

  #onEnd(): void {
    this.#target.end(() => this.#finished.resolve(true));
  }
}
