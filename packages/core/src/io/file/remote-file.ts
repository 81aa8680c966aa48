import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { defaultPath } from "../../reaper/child-environment.ts";
import type { AppendFile } from "./append-file.ts";

/** File systems whose close(2) sends no request to another machine or process. */
const localTypes: ReadonlySet<string> = new Set([
  ...["bcachefs", "btrfs", "devtmpfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs", "hugetlbfs", "overlay"],
  ...["proc", "ramfs", "sysfs", "tmpfs", "vfat", "xfs", "zfs"],
]);

/** Whether files on a file system of this type are written by a process of their own. Undefined: not known. */
export const isRemote = (type: string | undefined): boolean => type !== undefined && !localTypes.has(type);

// What cat cannot write (a full disk) is lost, and the next bytes are tried. If the file cannot be opened for 10 s, its
// file system is gone, and all that follows is lost.
const script = `n=0
until cat >>/proc/self/fd/3; do
  sleep 1
  if true >>/proc/self/fd/3; then n=0; else n=$((n + 1)); [ $n -lt 10 ] || exec cat >/dev/null; fi
done`;

/**
 * A file on a file system that may hang in close(2), such as NFS or FUSE. Every new process gets copies of this
 * process's descriptors and closes them, so one open file on a dead server would stop all commands of the daemon. This
 * process therefore never has the file open: another process opens and writes it. That process ends with its input.
 */
export class RemoteFile implements AppendFile {
  readonly #input: Writable;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess, input: Writable) {
    this.#input = input;
    this.#ended = once(child, "exit").catch(() => {}); // it could not be started
    input.on("error", () => {}); // `append` rejects as well
  }

  /** Opens the file behind `handle`, a descriptor opened with O_PATH, which stays the caller's. */
  static open(handle: number): RemoteFile {
    const options = { cwd: "/", env: { PATH: defaultPath }, detached: true } as const;
    const child = spawn("/bin/sh", ["-c", script], { ...options, stdio: ["pipe", "ignore", "ignore", handle] });
    child.unref();
    return new RemoteFile(child, child.stdin as Writable);
  }

  append(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#input.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  async finish(): Promise<void> {
    this.close();
    await this.#ended;
  }

  close(): void {
    this.#input.end();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
