import type { Readable } from "node:stream";
import type { CommandContext } from "../command.ts";
import type { DetachKeys } from "./detach-keys.ts";
import type { InputFifo } from "./input-fifo.ts";

/** Ctrl-D: the end of input at a terminal. */
const endOfTransmission = Buffer.from([4]);

export interface ClientInputOptions {
  readonly fifo: InputFifo;
  /** Whether to type Ctrl-D when our input ends: to a terminal, the end of input is a key. */
  readonly typesEnd: boolean;
  /** Undefined: our input is not typed. */
  readonly detachKeys: DetachKeys | undefined;
  /** Called when our own input has ended and all of it was passed on. */
  readonly onEnd: () => void;
  readonly onDetach: () => void;
}

/** Passes our standard input on to a process, until it ends or this is disposed of. */
export class ClientInput implements Disposable {
  readonly #stdin: Readable;
  readonly #options: ClientInputOptions;
  #isOver = false;

  constructor(stdin: CommandContext["stdin"], options: ClientInputOptions) {
    this.#stdin = stdin as Readable;
    this.#options = options;
    void this.#copy();
  }

  async #copy(): Promise<void> {
    const { fifo, typesEnd, onEnd } = this.#options;
    try {
      for await (const chunk of this.#stdin.iterator({ destroyOnReturn: false })) {
        if (this.#isOver || !(await this.#pass(chunk))) return;
      }
    } catch {
      // We were disposed of, or the terminal is gone: no more input either way.
    }
    if (this.#isOver) return;
    if (typesEnd) await fifo.write(endOfTransmission);
    onEnd();
  }

  /** Passes a chunk on. Returns whether more input is wanted. */
  async #pass(chunk: Buffer): Promise<boolean> {
    const { fifo, detachKeys, onDetach } = this.#options;
    const { passed, isComplete } = detachKeys?.feed(chunk) ?? { passed: chunk, isComplete: false };
    if (passed.length > 0) await fifo.write(passed);
    if (isComplete && !this.#isOver) onDetach();
    return !isComplete;
  }

  /**
   * Releases standard input, which would keep this process alive. It is not destroyed, because a terminal's mode still
   * has to be restored.
   */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#stdin.pause();
    (this.#stdin as Readable & { unref?(): void }).unref?.();
  }
}
