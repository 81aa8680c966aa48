import { unknown } from "../../errors/errors.ts";
import type { ProcessIo, StdioPaths } from "../../io/process-io.ts";
import type { TerminalSize } from "../../native/libc.ts";
import type { Exit } from "../../reaper/exit.ts";
import { Mutex } from "./mutex.ts";
import { isLegalMove, type ProcessState } from "./process-state.ts";

/** What Wait, State and Delete report once a process is over; undefined: it never ran. */
export type Outcome = Pick<Exit, "exitStatus" | "exitedAt"> | undefined;

/**
 * One process of a container: its init, or an exec. Holds state and stdio; the verbs that drive it live beside it.
 * Serialise changes by `lock`; reading needs none.
 */
export class Process {
  readonly containerId: string;
  /** Empty for the init process. */
  readonly execId: string;
  readonly paths: StdioPaths;
  readonly lock = new Mutex();
  /** 0 until the runtime has made the process. */
  pid = 0;
  /** It was reaped: its pid may be another process's. Its exit, and with it the state, may still wait to be reported. */
  isGone = false;
  /** In a sandbox: the pid that the runtime lists. */
  internalPid: number | undefined;
  #spec: unknown;
  #io: ProcessIo | undefined;
  #stdinClosed = false;
  #size: TerminalSize | undefined;
  #state: ProcessState = "created";
  #outcome: Outcome;
  #over = false;
  readonly #waiters = new Set<() => void>();
  /** While Start is in progress what befalls the process waits: it is reported after the start event, an exit last. */
  #parking = false;
  #parked: (() => void)[] = [];
  #reportParked: (() => void) | undefined;

  constructor(fields: Pick<Process, "containerId" | "execId" | "paths"> & { readonly spec?: unknown }) {
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

  /** Settles when the process is over; at once if it is. A client's deadline or disconnect ends the wait with `signal`'s reason. */
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

  /** Ends the process's life: stopped, with an outcome, and every waiter told. */
  stop(outcome: NonNullable<Outcome>): void {
    this.move("stopped");
    this.#outcome = outcome;
    this.#spec = undefined;
    this.#release();
  }

  /** A start begins: who waits from now on waits for the end of what it makes, also after a start that failed. */
  begin(): void {
    this.#over = false;
  }

  /** Releases the waiters of a process that never came to be. It stays in `created`, as with containerd-shim-runc-v2. */
  abandon(): void {
    this.#release();
  }

  /** CloseIO. It may come before the process has streams: it is remembered then. */
  closeStdin(): void {
    this.#stdinClosed = true;
    this.#io?.closeStdin();
  }

  /** ResizePty; nothing happens without a terminal. It may come before the process has one: it is remembered then. */
  resize(size: TerminalSize): void {
    this.#size = size;
    this.#io?.resize?.(size);
  }

  /** Of the last `resize`. */
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

  /** From now on an exit, and what precedes it, is held back, until `unpark`. */
  park(): void {
    this.#parking = true;
  }

  /** Ends `park`; reports what came meanwhile. */
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

  /** Runs `report` for an exit that the reaper brings: now, or after `unpark`. */
  exited(report: () => void): void {
    if (this.#parking) this.#reportParked = report;
    else report();
  }

  /** Runs `report` of something that precedes an exit: now, or after `unpark`. */
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
