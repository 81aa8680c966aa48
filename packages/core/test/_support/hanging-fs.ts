import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { TempDir } from "./temp-dir.ts";

/**
 * A FUSE file system whose files hang, like a network file system whose server is unreachable. The beginning of a
 * file's name says which call hangs; the rest of the name makes it a different file:
 *
 * - `lookup…`: each call with the path, or with a path below it. Creating a file in that directory also blocks, because
 *   the kernel holds the directory's lock
 * - `getattr…`: stat(2)
 * - `open…`, `write…`, `fsync…`, `flush…` (close(2))
 * - `used…`: close(2), once the file has been written to
 * - `mkdir…`: does not exist; mkdir(2) hangs
 * - `ok…`: nothing hangs; what is written is dropped
 * - `dir…`: a directory with the same contents as the root
 *
 * Other names do not exist. When the file system is disposed of, a hanging call fails with ENOTCONN or ECONNABORTED.
 * After `recover` it ends as for `ok…`. Needs root and /dev/fuse. The server is a separate process, so calls of the
 * tester can hang without blocking it. If the tester dies, the server unmounts and exits.
 */
export class HangingFs implements Disposable {
  readonly #dir = new TempDir();
  readonly #server: ChildProcess;

  constructor() {
    const fuse = openSync("/dev/fuse", "r+");
    try {
      // mount(8) has the device as descriptor 3 and hands it to the kernel.
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
    // This returns after the server has announced its capabilities. Until then lookups block each other.
    statSync(this.#dir.path);
  }

  /** The mount point. */
  get path(): string {
    return this.#dir.path;
  }

  join(...names: string[]): string {
    return this.#dir.join(...names);
  }

  /** Makes all calls work from now on; calls that hang continue. */
  recover(): void {
    this.#server.stdin?.write("\n");
  }

  /** Kills the server; the kernel then ends every call that hangs. */
  [Symbol.dispose](): void {
    this.#server.kill("SIGKILL");
    execFileSync("umount", ["-l", this.#dir.path]);
    this.#dir[Symbol.dispose]();
  }
}
