import { spawnSync } from "node:child_process";
import type { ReadStream } from "node:tty";
import type { CommandContext, OutputStream } from "../command.ts";

/** Size in characters. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A terminal that knows its size, such as `process.stdout`. */
type SizedTerminal = OutputStream & { readonly rows?: number; getWindowSize?(): [number, number] };

/**
 * Our own terminal, in raw mode: every key goes to the process, which has a terminal of its own. Disposing restores the
 * mode; so does the end of this process, unless it is by SIGKILL.
 */
export class OwnTerminal implements Disposable {
  readonly #stack: DisposableStack;

  private constructor(stack: DisposableStack) {
    this.#stack = stack;
  }

  /**
   * Opens our terminal. Streams that are no terminals are left alone.
   * @param onResize called with the size at once, and whenever it changes.
   */
  static open(context: CommandContext, options: { raw: boolean; onResize: (size: Size) => void }): OwnTerminal {
    using stack = new DisposableStack();
    const output = [context.stdout, context.stderr].find(({ isTTY }) => isTTY) as SizedTerminal | undefined;
    const reportSize = (): void => {
      const [width, height] = output?.getWindowSize?.() ?? [];
      if (width && height) options.onResize({ width, height });
    };
    reportSize();
    stack.use(listen(output, "resize", reportSize));
    const input = context.stdin as ReadStream;
    if (options.raw && input.isTTY) {
      const restore = (): void => void input.setRawMode(false);
      const setRaw = (): void => {
        input.setRawMode(true);
        // libuv's raw mode still converts every LF to CR LF, which is the task of the terminal at the other end.
        spawnSync("stty", ["-opost"], { stdio: [0, "ignore", "ignore"] });
      };
      setRaw();
      stack.defer(restore);
      stack.use(listen(process, "exit", restore));
      // While this process was stopped, the shell has set its own mode.
      const resume = (): void => {
        restore(); // libuv does not set a mode that it believes to be set
        setRaw();
        reportSize();
      };
      stack.use(listen(process, "SIGCONT", resume));
    }
    return new OwnTerminal(stack.move());
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}

/** Listens to an event until it is disposed. */
function listen(emitter: NodeJS.EventEmitter | undefined, event: string, listener: () => void): Disposable {
  emitter?.on(event, listener);
  return { [Symbol.dispose]: () => emitter?.off(event, listener) };
}
