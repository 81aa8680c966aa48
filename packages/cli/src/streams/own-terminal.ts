import { spawnSync } from "node:child_process";
import type { ReadStream } from "node:tty";
import type { CommandContext, OutputStream } from "../command.ts";

/** Size in characters. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A terminal that knows its size, as `process.stdout` is one. */
type SizedTerminal = OutputStream & { readonly rows?: number; getWindowSize?(): [number, number] };

/**
 * Our own terminal, in raw mode: every key goes to the process, which has a terminal of its own. Disposing restores it; so does
 * the end of this process, by whatever but SIGKILL.
 */
export class OwnTerminal implements Disposable {
  readonly #stack: DisposableStack;

  private constructor(stack: DisposableStack) {
    this.#stack = stack;
  }

  /**
   * Nothing happens to what is no terminal.
   * @param onResize called with the size at once, and whenever it changes.
   */
  static open(context: CommandContext, options: { raw: boolean; onResize: (size: Size) => void }): OwnTerminal {
    using stack = new DisposableStack();
    const output = [context.stdout, context.stderr].find(({ isTTY }) => isTTY) as SizedTerminal | undefined;
    const tellSize = (): void => {
      const [width, height] = output?.getWindowSize?.() ?? [];
      if (width && height) options.onResize({ width, height });
    };
    tellSize();
    on(stack, output, "resize", tellSize);
    const input = context.stdin as ReadStream;
    if (options.raw && input.isTTY) {
      const restore = (): void => void input.setRawMode(false);
      const setRaw = (): void => {
        input.setRawMode(true);
        // libuv's raw mode still makes CR LF out of every LF, which is for the terminal at the other end to do.
        spawnSync("stty", ["-opost"], { stdio: [0, "ignore", "ignore"] });
      };
      setRaw();
      stack.defer(restore);
      on(stack, process, "exit", restore);
      // A shell that has stopped us has set its own mode meanwhile.
      on(stack, process, "SIGCONT", () => {
        restore(); // libuv sets no mode that it believes to be set
        setRaw();
        tellSize();
      });
    }
    return new OwnTerminal(stack.move());
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}

function on(
  stack: DisposableStack,
  emitter: NodeJS.EventEmitter | undefined,
  event: string,
  listener: () => void,
): void {
  emitter?.on(event, listener);
  stack.defer(() => emitter?.off(event, listener));
}
