import { attempt, type FailureNote, insistLater, logFailure } from "../log/attempt.ts";
import type { Logger } from "../log/logger.ts";
import type { Libc, WaitResult } from "../native/libc.ts";
import { hasErrorCode } from "../native/libc-error.ts";
import { listChildren, readProcess } from "../native/proc.ts";
import type { Exit, ExitListener } from "./exit.ts";
import { ExitStore } from "./exit-store.ts";
import { type ForeignProcess, isForeignAlive } from "./foreign-process.ts";

export interface ReaperOptions {
  readonly libc: Libc;
  readonly log: Logger;
  /** How long an unregistered zombie is left alone, in milliseconds; default 250. */
  readonly graceMs?: number;
  /** Called for every exit. Default: no listener. */
  readonly onExit?: ExitListener;
}

/** Exit status of a process whose real status cannot be known: it was, or became, the child of another process. */
export const unknownExitStatus = 255;

const longestTimerMs = 2 ** 31 - 1;

/** One call of `watch`; undefined `onExit`: it was disposed. */
interface Listener {
  onExit: ((exit: Exit) => void) | undefined;
}

interface Registration {
  readonly listeners: Set<Listener>;
  /** Set while the process is not a child of this one: its identity, since no SIGCHLD will report its exit. */
  foreign?: ForeignProcess;
}

/**
 * Collects the exits of the shim's children: OCI commands, and the processes of containers, which the kernel reparents
 * to the nearest subreaper when the command that created them exits.
 *
 * SIGCHLD is coalesced, so each one starts a loop. Unregistered children may belong to libuv (plugins may use
 * node:child_process), which would lose the exit event if the reaper waited for them. Such zombies are left alone until
 * two looks `graceMs` apart, with an event loop turn in between, have seen them: by then libuv has reaped its own.
 * @see pkg/sys/reaper of containerd, which owns all its children and may wait for any
 */
export class Reaper implements Disposable {
  readonly #libc: Libc;
  readonly #log: Logger;
  readonly #graceMs: number;
  readonly #onExit: ExitListener | undefined;
  readonly #exits = new ExitStore();
  readonly #registered = new Map<number, Registration>();
  readonly #onSigchld = (): void => this.reap();
  /** SIGCHLD's listener alone would not keep alive a process that only waits for a child. */
  readonly #keepAlive = setInterval(() => {}, longestTimerMs).unref();
  /** Unregistered zombies that the last look saw. */
  #unknown = new Set<number>();
  #nextLook: NodeJS.Timeout | undefined;
  /** The last look failed: another one follows, whatever there is to see. */
  #hasFailed = false;

  /** Makes this process a subreaper and listens to SIGCHLD until the reaper is disposed. */
  static open(options: ReaperOptions): Reaper {
    options.libc.becomeSubreaper();
    const reaper = new Reaper(options);
    process.on("SIGCHLD", reaper.#onSigchld);
    reaper.reap();
    return reaper;
  }

  private constructor({ libc, log, graceMs = 250, onExit }: ReaperOptions) {
    this.#onExit = onExit;
    this.#libc = libc;
    this.#log = log;
    this.#graceMs = graceMs;
  }

  [Symbol.dispose](): void {
    process.off("SIGCHLD", this.#onSigchld);
    clearInterval(this.#keepAlive);
    clearTimeout(this.#nextLook);
    this.#nextLook = undefined;
    this.#registered.clear();
  }

  /**
   * Calls `onExit` once, synchronously in the turn in which the process is reaped, in the order of reaping; in a
   * microtask if it has already ended. A process that is not (or no longer) a child is watched by polling; its exit is
   * reported with `unknownExitStatus` and a warning in the log. While a pid is watched, this process does not exit by
   * itself. Several callers may watch one pid. A listener that throws is called again, after a pause. A caller that
   * disposes the result is not called any more; the process is reaped all the same.
   */
  watch(pid: number, onExit: (exit: Exit) => void): Disposable {
    const listener: Listener = { onExit };
    this.#watch(pid, listener);
    const unwatch = (): void => {
      listener.onExit = undefined;
      this.#registered.get(pid)?.listeners.delete(listener);
    };
    return { [Symbol.dispose]: unwatch };
  }

  #watch(pid: number, listener: Listener): void {
    const registration = this.#registered.get(pid);
    if (registration !== undefined) {
      registration.listeners.add(listener);
      return;
    }
    const found = this.#wait(pid);
    if (found === "no child") {
      this.#watchForeign(pid, listener);
      return;
    }
    // It is a child, running or just reaped: an exit recorded earlier under this pid was another process's.
    if (found === undefined) this.#register(pid, { listeners: new Set([listener]) });
    else this.#reportLater(this.#record(found), listener);
  }

  /** As `watch`, as a promise. */
  wait(pid: number): Promise<Exit> {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.watch(pid, resolve);
    return promise;
  }

  /**
   * While a hold is open, and for ten seconds after, the exits of unwatched pids are remembered for a later `watch`.
   * Open it before an OCI command is spawned, and keep it until the pid that the command names is watched.
   */
  hold(): Disposable {
    return this.#exits.hold();
  }

  #register(pid: number, registration: Registration): void {
    this.#registered.set(pid, registration);
    this.#keepAlive.ref();
  }

  /** Reaps what can be reaped now; SIGCHLD triggers it. Never throws: failures are retried at the next look. */
  reap(): void {
    try {
      this.#reap();
    } catch (error) {
      this.#failed(error);
    }
  }

  #reap(): void {
    let taken = 0;
    let zombie = this.#libc.peekZombie();
    while (zombie !== undefined && this.#take(zombie)) {
      taken += 1;
      zombie = this.#libc.peekZombie();
    }
    // The kernel keeps reporting the same first zombie. If that one is left alone, the registered processes behind it
    // are checked one by one. Also if nothing was reaped: another waiter may have taken one of ours.
    if (zombie !== undefined || taken === 0) for (const pid of this.#registered.keys()) this.#tryTake(pid);
    if (zombie !== undefined && this.#nextLook === undefined) this.#look();
  }

  #tryTake(pid: number): void {
    try {
      this.#take(pid);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Reaps a registered process and reports its exit. Returns false if there is nothing to reap. */
  #take(pid: number): boolean {
    const registration = this.#registered.get(pid);
    if (registration === undefined) return false;
    const found = this.#wait(pid);
    if (found === undefined) {
      delete registration.foreign;
      return false;
    }
    if (found !== "no child") this.#report(this.#record(found), registration);
    else if (registration.foreign === undefined || !isForeignAlive(pid, registration.foreign)) {
      this.#report(this.#recordUnknown(pid), registration);
    }
    return found !== "no child";
  }

  #wait(pid: number): WaitResult | undefined | "no child" {
    try {
      return this.#libc.waitPid(pid);
    } catch (error) {
      if (hasErrorCode(error, "ECHILD")) return "no child";
      throw error;
    }
  }

  #record({ pid, exitStatus }: WaitResult): Exit {
    const exit = { pid, exitStatus, exitedAt: new Date() };
    this.#exits.record(exit);
    try {
      this.#onExit?.(exit);
    } catch (error) {
      logFailure(this.#note("exit listener failed", pid), error);
    }
    return exit;
  }

  #recordUnknown(pid: number): Exit {
    attempt(this.#note("exit status is unknown", pid), () =>
      this.#log.warn("exit status is unknown, the process was not a child", { pid }),
    );
    return this.#record({ pid, exitStatus: unknownExitStatus });
  }

  #report(exit: Exit, { listeners }: Registration): void {
    this.#registered.delete(exit.pid);
    if (this.#registered.size === 0) this.#keepAlive.unref();
    for (const listener of listeners) this.#call(listener, exit);
  }

  #reportLater(exit: Exit, listener: Listener): void {
    queueMicrotask(() => this.#call(listener, exit));
  }

  /** A listener that throws keeps no other from its exit, and is called again: otherwise it would lose the exit. */
  #call(listener: Listener, exit: Exit): void {
    try {
      listener.onExit?.(exit);
    } catch (error) {
      const note = this.#note("exit listener failed", exit.pid);
      logFailure(note, error);
      insistLater(note, () => listener.onExit?.(exit));
    }
  }

  #watchForeign(pid: number, listener: Listener): void {
    const exit = this.#exits.get(pid);
    const foreign = exit === undefined ? this.#identify(pid) : undefined;
    if (foreign === undefined) {
      this.#reportLater(exit ?? this.#recordUnknown(pid), listener);
      return;
    }
    this.#register(pid, { listeners: new Set([listener]), foreign });
    this.#scheduleLook();
  }

  /** Undefined: no such process. If no descriptor is available to read it, the first look identifies it. */
  #identify(pid: number): Registration["foreign"] {
    let found: Registration["foreign"] = { startTime: undefined };
    attempt(this.#note("process not identified", pid), () => {
      const process = readProcess(pid);
      found = process && { startTime: process.startTime };
    });
    return found;
  }

  #look(): void {
    const hadFailed = this.#hasFailed;
    this.#hasFailed = false;
    try {
      this.#sweep();
    } catch (error) {
      this.#failed(error);
    }
    for (const [pid, { foreign }] of this.#registered) if (hadFailed || foreign !== undefined) this.#tryTake(pid);
    this.#scheduleLook();
  }

  /** Reaps the unregistered zombies that the previous look saw as well. */
  #sweep(): void {
    const before = this.#unknown;
    const zombies = listChildren().filter((pid) => !this.#registered.has(pid) && this.#libc.isZombie(pid));
    this.#unknown = new Set(zombies.filter((pid) => !before.has(pid)));
    for (const pid of zombies.filter((zombie) => before.has(zombie))) {
      const found = this.#wait(pid);
      if (found !== undefined && found !== "no child") this.#record(found);
    }
  }

  #failed(error: unknown): void {
    logFailure({ log: this.#log, message: "looking for exits failed", fields: {} }, error);
    this.#hasFailed = true;
    this.#scheduleLook();
  }

  #note(message: string, pid: number): FailureNote {
    return { log: this.#log, message, fields: { pid } };
  }

  #scheduleLook(): void {
    const isNeeded =
      this.#hasFailed ||
      this.#unknown.size > 0 ||
      [...this.#registered.values()].some(({ foreign }) => foreign !== undefined);
    if (!isNeeded || this.#nextLook !== undefined) return;
    const look = (): void => {
      if (this.#nextLook !== timer) return; // Disposed meanwhile.
      this.#nextLook = undefined;
      this.#look();
    };
    // libuv reads SIGCHLD in the poll phase. The place of timers is not guaranteed; setImmediate follows poll.
    const timer = setTimeout(() => setImmediate(look), this.#graceMs).unref();
    this.#nextLook = timer;
  }
}
