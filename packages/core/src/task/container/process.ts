import { unknown } from "../../errors/errors.ts";
import type { ProcessIo, StdioPaths } from "../../io/process-io.ts";
import type { TerminalSize } from "../../native/libc.ts";
import type { Exit } from "../../reaper/exit.ts";
import { Mutex } from "./mutex.ts";
import { isLegalMove, type ProcessState } from "./process-state.ts";

/** What Wait, State and Delete report once a process has ended; undefined if it never ran. */
export type Outcome = Pick<Exit, "exitStatus" | "exitedAt"> | undefined;

/**
 * One process of a container: its init, or an exec. It holds state and stdio; the calls that drive it are in `calls/`.
 * Changes are serialised by `lock`; reading needs no lock.
 */
export class Process {
  readonly containerId: string;
  /** Empty for the init process. */
  readonly execId: string;
  readonly paths: StdioPaths;
  readonly lock = new Mutex();
  /** 0 until the runtime has created the process. */
  pid = 0;
  /**
   * True once it was reaped: its pid may belong to another process. Its exit, and with it the state, may still wait to
   * be reported.
   */
  isGone = false;
  /** In a sandbox: the pid that the runtime lists. */
  internalPid: number | undefined;
  #spec: unknown;
  #io: ProcessIo | undefined;
  #stdinClosed = false;
  #size: TerminalSize | undefined;
  #state: ProcessState;
  #outcome: Outcome;
  #over = false;
  readonly #waiters = new Set<() => void>();
  /**
   * True while a call such as Start is in progress. Whatever happens to the process meanwhile is reported after that
   * call's event, an exit last.
   */
  #parking = false;
  #parked: (() => void)[] = [];
  #reportParked: (() => void) | undefined;

  constructor(
    fields: Pick<Process, "containerId" | "execId" | "paths"> & {
      readonly spec?: unknown;
      /** Default: `created`. */
      readonly state?: ProcessState;
    },
  ) {
    this.#state = fields.state ?? "created";
    this.containerId = fields.containerId;
    this.execId = fields.execId;
    this.paths = fields.paths;
    this.#spec = fields.spec;
  }

  /** The id that events and State carry: the container's for init, the exec's otherwise. */
  get id(): string {
    return this.execId === "" ? this.containerId : this.execId;
  }

  /** The OCI `process` of an exec, until it has ended; undefined for init, whose process is in config.json. */
  get spec(): unknown {
    return this.#spec;
  }

  get state(): ProcessState {
    return this.#state;
  }

  get outcome(): Outcome {
    return this.#outcome;
  }

  /** @throws {StatusError} Unknown – the move is illegal. */
  move(to: ProcessState): void {
    if (!isLegalMove(this.#state, to)) throw unknown(`invalid state transition "${this.#state}" to "${to}"`);
    this.#state = to;
  }

  /**
   * Resolves when the process has ended, at once if it already has. Rejects with `signal`'s reason at a client's
   * deadline or disconnect.
   */
  wait(signal: AbortSignal): Promise<Outcome> {
    if (this.#over) return Promise.resolve(this.#outcome);
    return new Promise((resolve, reject) => {
      const release = (): void => {
        signal.removeEventListener("abort", abort);
        resolve(this.#outcome);
      };
      const abort = (): void => {
        this.#waiters.delete(release);
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      this.#waiters.add(release);
    });
  }

  /** Records the end of the process: the state becomes `stopped`, the outcome is set, and every waiter is released. */
  stop(outcome: NonNullable<Outcome>): void {
    this.move("stopped");
    this.#outcome = outcome;
    this.#spec = undefined;
    this.#release();
  }

  /**
   * Called when a start begins. From now on a wait lasts until the end of the process that this start creates, even
   * after an earlier start that failed.
   */
  begin(): void {
    this.#over = false;
  }

  /**
   * Releases the waiters of a process that was never created. It stays in `created`, as with containerd-shim-runc-v2.
   */
  abandon(): void {
    this.#release();
  }

  /** CloseIO. If it comes before the process has streams, it is remembered. */
  closeStdin(): void {
    this.#stdinClosed = true;
    this.#io?.closeStdin();
  }

  /**
   * ResizePty. Without a terminal nothing happens. If it comes before the process has its terminal, it is remembered.
   */
  resize(size: TerminalSize): void {
    this.#size = size;
    this.#io?.resize?.(size);
  }

  /** The size of the last `resize`. */
  get size(): TerminalSize | undefined {
    return this.#size;
  }

  get io(): ProcessIo | undefined {
    return this.#io;
  }

  set io(io: ProcessIo | undefined) {
    this.#io = io;
    if (this.#stdinClosed) io?.closeStdin();
    if (this.#size) io?.resize?.(this.#size);
  }

  /** Holds back an exit, and what precedes it, until `unpark`. */
  park(): void {
    this.#parking = true;
  }

  /** Ends `park` and reports what was held back. */
  unpark(): void {
    this.#parking = false;
    const reportParked = this.#reportParked;
    this.#reportParked = undefined;
    try {
      for (const report of this.#parked.splice(0)) report();
    } finally {
      reportParked?.();
    }
  }

  /** Runs `report` for the process's exit: now, or at `unpark`. */
  exited(report: () => void): void {
    if (this.#parking) this.#reportParked = report;
    else report();
  }

  /** Runs `report` for something that precedes an exit, such as an OOM kill: now, or at `unpark`. */
  noticed(report: () => void): void {
    if (this.#parking) this.#parked.push(report);
    else report();
  }

  #release(): void {
    this.#over = true;
    for (const release of this.#waiters) release();
    this.#waiters.clear();
  }
}
