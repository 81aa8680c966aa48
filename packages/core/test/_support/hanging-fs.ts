import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { TempDir } from "./temp-dir.ts";

/**
 * A FUSE file system whose files hang: a network file system whose server is away. The name of a file says at which call, by
 * its beginning; what comes after makes it another file:
 *
 * - `lookup…`: each call that takes the path, or one below it. What creates a file in that directory waits as well: the kernel
 *   holds the directory's lock
 * - `getattr…`: stat(2)
 * - `open…`, `write…`, `fsync…`, `flush…` (close(2))
 * - `mkdir…`: does not exist; mkdir(2) hangs
 * - `ok…`: nothing; what is written is dropped
 * - `dir…`: a directory with the same contents as the root
 *
 * Any other name does not exist. A call that hangs ends with ENOTCONN or ECONNABORTED when the file system is disposed of, and as
 * for `ok…` after `recover`. Needs root and /dev/fuse. The server is a process of its own: no call of the tester's hangs with it,
 * and when the tester dies the server unmounts and ends.
 */
export class HangingFs implements Disposable {
  readonly #dir = new TempDir();
  readonly #server: ChildProcess;

  constructor() {
    const fuse = openSync("/dev/fuse", "r+");
    try {
      // 3 is the descriptor in mount(8), which hands it to the kernel.
      const options = "fd=3,rootmode=40000,user_id=0,group_id=0,allow_other";
      const args = ["-i", "-t", "fuse", "-o", options, "dunnage-hanging", this.#dir.path];
      execFileSync("mount", args, { stdio: ["ignore", "ignore", "inherit", fuse] });
      const server = join(import.meta.dirname, "hanging-fs-server.ts");
      const argv = ["--no-warnings", server, this.#dir.path];
      this.#server = spawn(process.execPath, argv, { stdio: ["pipe", "ignore", "inherit", fuse], env: {} });
    } finally {
      closeSync(fuse);
    }
    this.#server.unref();
    // Answered once the server has said what it can do: before that look-ups hold each other up.
    statSync(this.#dir.path);
  }

  /** The mount point. */
  get path(): string {
    return this.#dir.path;
  }

  join(...names: string[]): string {
    return this.#dir.join(...names);
  }

  /** From now on nothing hangs, and what hung goes on. */
  recover(): void {
    this.#server.stdin?.write("\n");
  }

  /** The kernel ends every call that hangs, as its server is gone. */
  [Symbol.dispose](): void {
    this.#server.kill("SIGKILL");
    execFileSync("umount", ["-l", this.#dir.path]);
    this.#dir[Symbol.dispose]();
  }
}
