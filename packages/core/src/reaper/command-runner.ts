import { closeSync, readSync, writeSync } from "node:fs";
import { notFound } from "../errors/errors.ts";
import type { Libc, SpawnFileActions } from "../native/libc.ts";
import { hasErrorCode } from "../native/libc-error.ts";
import { signalIfPresent } from "../native/proc.ts";
import type { Command, CommandResult, CommandRunner, LongCommand } from "./command.ts";
import type { Exit } from "./exit.ts";
import type { Reaper } from "./reaper.ts";

/** Maximum number of bytes of a captured stream in a result. */
const captureBytes = 64 * 1024;

export interface CommandsOptions {
  readonly libc: Libc;
  readonly reaper: Reaper;
  /** "NAME=value"; made by `childEnvironment`. */
  readonly env: readonly string[];
  /** Soft RLIMIT_NOFILE of the commands: what the shim had before Node raised it. Default: the shim's own. */
  readonly openFilesLimit?: number;
}

/**
 * Runs commands with posix_spawn, each in its own process group. Captured streams go to memory files: unlike a pipe, a
 * memory file cannot fill up, and the result need not wait for grandchildren that keep it open.
 */
export class Commands implements CommandRunner {
  readonly #libc: Libc;
  readonly #reaper: Reaper;
  readonly #env: readonly string[];
  readonly #limit: Pick<SpawnFileActions, "openFilesSoftLimit">;

  constructor({ libc, reaper, env, openFilesLimit }: CommandsOptions) {
    this.#libc = libc;
    this.#reaper = reaper;
    this.#env = env;
    this.#limit = openFilesLimit === undefined ? {} : { openFilesSoftLimit: openFilesLimit };
  }

  /** The process is spawned and registered with the reaper before this returns. */
  async run(command: Command, signal: AbortSignal): Promise<CommandResult> {
    signal.throwIfAborted();
    using _hold = this.#reaper.hold();
    using files = new DisposableStack();
    const stdin = command.input === undefined ? command.stdin : this.#openInput(command.input, files);
    const open = (name: string): number | undefined =>
      command.mayLoseOutput ? this.#tryOpenMemory(name, files) : this.#openMemory(name, files);
    const stdout = command.stdout ?? open("stdout");
    const stderr = command.stderr ?? open("stderr");
    const pid = this.spawn({ ...command, stdin, stdout, stderr });
    const exit = await this.#waitOrKill(pid, signal);
    return {
      exitStatus: exit.exitStatus,
      stdout: command.stdout === undefined ? readCaptured(stdout) : "",
      stderr: command.stderr === undefined ? readCaptured(stderr) : "",
    };
  }

  spawn({ path, args, cwd, env = [], inherit = [], ...streams }: LongCommand): number {
    const standard = [streams.stdin, streams.stdout, streams.stderr].map((from, to) => [from, to] as const);
    const dup2 = [...standard.filter((pair): pair is readonly [number, number] => pair[0] !== undefined), ...inherit];
    try {
      const actions = { dup2, ...this.#limit, ...(cwd === undefined ? {} : { cwd }) };
      return this.#libc.spawn(path, [path, ...args], withLastOfEachName([...this.#env, ...env]), actions);
    } catch (error) {
      if (!hasErrorCode(error, "ENOENT", "ENOTDIR", "EACCES", "ENOEXEC", "ELOOP")) throw error;
      // Which of the two is at fault is not looked up: the directory may be on a file system that does not answer.
      const place = cwd === undefined ? "" : `, or ${cwd} is no directory to work in`;
      throw notFound(`${path}: not an executable file${place} (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  #openMemory(name: string, files: DisposableStack): number {
    return files.adopt(this.#libc.memfd(name), closeSync);
  }

  #tryOpenMemory(name: string, files: DisposableStack): number | undefined {
    try {
      return this.#openMemory(name, files);
    } catch {
      return undefined;
    }
  }

  /** The child shares the file's offset, so the text is written without moving it. */
  #openInput(text: string, files: DisposableStack): number {
    const fd = this.#openMemory("stdin", files);
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(fd, bytes, written, bytes.length - written, written);
    }
    return fd;
  }

  /** Rejects with the signal's reason if the group was killed because of it, but only after the process was reaped. */
  async #waitOrKill(pid: number, signal: AbortSignal): Promise<Exit> {
    const { promise, resolve, reject } = Promise.withResolvers<Exit>();
    // The process group of an unreaped leader exists, even if only as a zombie, so its number cannot belong to another
    // group.
    const kill = (): void => signalIfPresent(-pid, "SIGKILL");
    this.#reaper.watch(pid, (exit) => {
      // This is the turn in which the process was reaped: from here on the number may belong to another group.
      signal.removeEventListener("abort", kill);
      if (signal.aborted) reject(signal.reason);
      else resolve(exit);
    });
    signal.addEventListener("abort", kill, { once: true });
    return promise;
  }
}

function readCaptured(fd: number | undefined): string {
  if (fd === undefined) return "";
  const buffer = Buffer.allocUnsafe(captureBytes);
  return buffer.toString("utf8", 0, readSync(fd, buffer, 0, captureBytes, 0));
}

/** execve(2) passes duplicate names on unchanged, and programs differ in which one they use. */
function withLastOfEachName(env: readonly string[]): string[] {
  return [...new Map(env.map((entry) => [entry.split("=", 1)[0], entry])).values()];
}
