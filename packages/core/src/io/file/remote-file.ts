import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { defaultPath } from "../../reaper/child-environment.ts";
import type { AppendFile } from "./append-file.ts";

// The empty line is the answer of `open`. The file stays open meanwhile: a close may hang. What cat cannot write (a full
// disk) is lost, with what comes in the next second, and then the next bytes are tried. If the file cannot be opened for
// 10 s, its file system is gone, and all that follows is lost.
const script = `exec 4>>/proc/self/fd/3 || exit
echo && exec >&-
n=0
until cat >&4; do
  timeout 1 cat >/dev/null
  if true >>/proc/self/fd/3; then n=0; exec 4>>/proc/self/fd/3
  else n=$((n + 1)); [ $n -lt 10 ] || exec cat >/dev/null; fi
done`;

/**
 * A file on a file system that is not local (`MountTable.isLocalDevice`): it may hang in close(2), as NFS and FUSE do.
 * Every new process gets copies of this process's descriptors and closes them, so one open file on a dead server would
 * stop all commands of the daemon. This process therefore never has the file open: another process opens and writes it.
 * That process ends with its input.
 */
export class RemoteFile implements AppendFile {
  readonly #input: Writable;
  readonly #ended: Promise<unknown>;
  /** What the process could not do since the last `append`. */
  #failure: Error | undefined;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#input = child.stdin;
    this.#ended = once(child, "exit").catch(() => {});
    child.stdin.on("error", () => {}); // `append` rejects as well
    child.stderr.on("data", (text: Buffer) => {
      this.#failure = toError(text);
    });
    (child.stderr as Socket).unref();
  }

  /**
   * Opens the file behind `handle`, a descriptor opened with O_PATH, which stays the caller's.
   * @throws {Error} The file cannot be opened to append, or no process can be started.
   */
  static async open(handle: number): Promise<RemoteFile> {
    const options = { cwd: "/", env: { PATH: defaultPath }, detached: true } as const;
    const stdio = ["pipe", "pipe", "pipe", handle] as const;
    const child = spawn("/bin/sh", ["-c", script], { ...options, stdio: [...stdio] }) as ChildProcessWithoutNullStreams;
    await opened(child);
    child.unref();
    child.stdout.destroy();
    return new RemoteFile(child);
  }

  /** Rejects with what the process has reported since the last call, too. */
  append(bytes: Buffer): Promise<void> {
    const failure = this.#failure;
    this.#failure = undefined;
    return new Promise((resolve, reject) => {
      this.#input.write(bytes, (error) => (error || failure ? reject(error ?? failure) : resolve()));
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

/** Resolves when the process has the file open. */
async function opened(child: ChildProcessWithoutNullStreams): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let errors = Buffer.alloc(0);
  const collect = (text: Buffer): void => {
    errors = Buffer.concat([errors, text]);
  };
  child.once("error", reject);
  child.once("close", () => reject(toError(errors)));
  child.stderr?.on("data", collect);
  child.stdout?.once("data", resolve);
  await promise;
  child.stderr.off("data", collect);
}

/** `sh: 1: cannot create /proc/self/fd/3: Permission denied` → what comes last. */
const toError = (text: Buffer): Error => new Error(text.toString().trim().split(": ").at(-1) || "no process");
