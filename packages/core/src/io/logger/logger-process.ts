import { readSync } from "node:fs";
import { Socket } from "node:net";
import type { StatusError } from "@dunnage/ttrpc";
import { invalidArgument, unknown } from "../../errors/errors.ts";
import type { Libc } from "../../native/libc.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { isExiting, signalIfPresent } from "../../native/proc.ts";
import type { Exit } from "../../reaper/exit.ts";
import type { Reaper } from "../../reaper/reaper.ts";
import { finishedWithin } from "../finished-within.ts";
import { OwnedFd } from "../owned-fd.ts";
import type { LoggerCommand } from "./logger-command.ts";

/**
 * Descriptors of a logger.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/logging/logging_unix.go
 */
const stdoutFd = 3;
const stderrFd = 4;
const loggerReadyFd = 5;

/** How long a killed logger may take to exit. If it hangs in the kernel, it is left there. */
const killedExitTimeoutMs = 2_000;

export interface LoggerSpawn {
  readonly command: LoggerCommand;
  /** Read ends of stdout and stderr; they stay the caller's. */
  readonly stdout: number;
  readonly stderr: number;
  /** The whole environment, as "NAME=value". */
  readonly env: readonly string[];
  readonly cwd: string;
  readonly openFilesSoftLimit?: number | undefined;
}

export interface LoggerProcessDeps {
  readonly libc: Libc;
  readonly reaper: Pick<Reaper, "watch">;
}

/** How a logger reports that it is ready, by its pipe, and that it has ended. */
interface Reports {
  readonly ready: OwnedFd;
  readonly ended: Promise<Exit>;
}

/** A running logging binary, in a process group of its own. */
export class LoggerProcess {
  readonly pid: number;
  /** Resolves with its exit, in the turn of the event loop in which it is reaped. */
  readonly ended: Promise<Exit>;
  readonly #command: LoggerCommand;
  /** Read end of the pipe on which it reports that it is ready. */
  readonly #readyFd: number;
  readonly #readySocket: Socket;
  #hasEnded = false;

  private constructor(pid: number, command: LoggerCommand, { ready, ended }: Reports) {
    this.pid = pid;
    this.#command = command;
    this.ended = ended;
    this.#readyFd = ready.fd;
    this.#readySocket = new Socket({ fd: ready.release(), readable: true, writable: false });
    this.#readySocket.unref();
  }

  /**
   * Spawns a logger. The descriptors stay the caller's.
   * @throws {StatusError} InvalidArgument – not an executable file; Unknown – anything else.
   */
  static spawn(
    { command, stdout, stderr, env, cwd, openFilesSoftLimit }: LoggerSpawn,
    { libc, reaper }: LoggerProcessDeps,
  ): LoggerProcess {
    const [readEnd, writeEnd] = libc.pipe();
    using ready = new OwnedFd(readEnd);
    using loggersEnd = new OwnedFd(writeEnd);
    const { path, args } = command;
    const dup2 = [
      [stdout, stdoutFd],
      [stderr, stderrFd],
      [loggersEnd.fd, loggerReadyFd],
    ] as const;
    const limit = openFilesSoftLimit === undefined ? {} : { openFilesSoftLimit };
    const pid = spawnOrExplain(() => libc.spawn(path, [path, ...args], env, { dup2, cwd, ...limit }), path);
    const { promise, resolve } = Promise.withResolvers<Exit>();
    const logger = new LoggerProcess(pid, command, { ready, ended: promise });
    reaper.watch(pid, (exit) => {
      logger.#hasEnded = true;
      resolve(exit);
    });
    return logger;
  }

  /**
   * Resolves when the logger is ready: it has written a byte to its descriptor or, unless the byte is required, closed
   * it.
   * @throws {StatusError} Unknown – the logger ended before that, or the time limit has passed.
   */
  async ready(timeoutMs: number): Promise<void> {
    const { path, needsReadyByte } = this.#command;
    using _ = { [Symbol.dispose]: () => void this.#readySocket.destroy() };
    const said = await this.#firstOf(timeoutMs);
    if (said === "byte" || (said === "ended" && this.#readLateByte())) return;
    if (said === "time has passed") throw unknown(`logging binary ${path} was not ready within ${timeoutMs} ms`);
    if (said === "closed" && !needsReadyByte && !isExiting(this.pid)) return;
    const closedOnly = said === "closed" && !isExiting(this.pid);
    if (closedOnly)
      throw unknown(`logging binary ${path} has closed its descriptor ${loggerReadyFd} without being ready`);
    const { exitStatus } = await this.ended;
    throw unknown(`logging binary ${path} ended before it was ready: exit status ${exitStatus}`);
  }

  /** Returns whether the logger exits within the time. */
  endsWithin(timeoutMs: number): Promise<boolean> {
    return finishedWithin([this.ended.then(() => true)], timeoutMs);
  }

  /** Sends SIGTERM to the logger. */
  terminate(): void {
    if (!this.#hasEnded) signalIfPresent(this.pid, "SIGTERM");
  }

  /**
   * Kills the logger and the processes that it started, with SIGKILL. Resolves when it has exited, at the latest after
   * `killedExitTimeoutMs`. Do not call it later than in the turn in which the logger was reaped: by then the number of
   * its process group may belong to another one.
   */
  async kill(): Promise<void> {
    signalIfPresent(-this.pid, "SIGKILL");
    await this.endsWithin(killedExitTimeoutMs);
  }

  async #firstOf(timeoutMs: number): Promise<"byte" | "closed" | "ended" | "time has passed"> {
    const { promise, resolve } = Promise.withResolvers<"byte" | "closed" | "ended" | "time has passed">();
    this.#readySocket.once("data", () => resolve("byte")).once("end", () => resolve("closed"));
    this.#readySocket.once("error", () => resolve("closed"));
    void this.ended.then(() => resolve("ended"));
    const timer = setTimeout(resolve, timeoutMs, "time has passed");
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the logger has written its byte before it exited: the exit may be noticed first. */
  #readLateByte(): boolean {
    try {
      return readSync(this.#readyFd, Buffer.alloc(1)) === 1;
    } catch {
      return false; // the pipe is empty
    }
  }
}

function spawnOrExplain(spawn: () => number, path: string): number {
  try {
    return spawn();
  } catch (error) {
    throw spawnError(path, error as NodeJS.ErrnoException);
  }
}

/**
 * Returns the error for a failed spawn. The text is that of containerd's shim; the code tells whether the client's path
 * is at fault.
 */
function spawnError(path: string, cause: NodeJS.ErrnoException): StatusError {
  const text = `failed to start binary process: ${path}`;
  if (!hasErrorCode(cause, "ENOENT", "ENOTDIR", "EACCES", "ENOEXEC", "ELOOP", "ENAMETOOLONG")) {
    return unknown(`${text}: ${cause.message}`, { cause });
  }
  return invalidArgument(`${text}: not an executable file (${cause.code})`);
}
