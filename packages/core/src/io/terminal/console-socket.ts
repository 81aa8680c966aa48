import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isatty } from "node:tty";
import { unknown } from "../../errors/errors.ts";
import type { Libc } from "../../native/libc.ts";
import { OwnedFd } from "../owned-fd.ts";

/**
 * A Unix socket on which an OCI runtime sends the master of the terminal that it created for a process.
 * Disposing removes the socket.
 * @see https://github.com/opencontainers/runc/blob/main/docs/terminals.md#detached-new-terminal
 */
export class ConsoleSocket implements Disposable {
  readonly path: string;
  readonly #libc: Libc;
  readonly #stack: DisposableStack;
  readonly #listening: number;

  /** Listens in a new directory below `parent`, which only our user can enter. */
  constructor(libc: Libc, parent: string) {
    using stack = new DisposableStack();
    this.#libc = libc;
    const directory = mkdtempSync(join(parent, "pty-"));
    stack.defer(() => rmSync(directory, { recursive: true, force: true }));
    this.path = join(directory, "s");
    this.#listening = stack.use(new OwnedFd(libc.listenUnix(this.path))).fd;
    chmodSync(this.path, 0o600);
    this.#stack = stack.move();
  }

  /**
   * Returns the master of the terminal. Call it once the runtime's command has succeeded: what the runtime sent is then
   * queued in the socket.
   * @throws {StatusError} Unknown – the runtime sent no descriptor, or one that is not a terminal.
   */
  receive(): OwnedFd {
    const accepted = this.#libc.accept(this.#listening);
    if (accepted === undefined) throw unknown("the runtime has sent no terminal: it did not connect");
    using connection = new OwnedFd(accepted);
    using master = new OwnedFd(this.#receiveFrom(connection.fd));
    if (!isatty(master.fd)) throw unknown("the runtime has sent a descriptor that is no terminal");
    return new OwnedFd(master.release());
  }

  #receiveFrom(connection: number): number {
    try {
      return this.#libc.receiveDescriptor(connection);
    } catch (error) {
      throw unknown(`the runtime has sent no terminal: ${(error as Error).message}`, { cause: error });
    }
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
