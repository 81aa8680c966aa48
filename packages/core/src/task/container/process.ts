import { unknown } from "../../errors/errors.ts";
import type { ProcessIo, ProcessStdio, StdioPaths } from "../../io/process-io.ts";
import type { TerminalSize } from "../../native/libc.ts";
import type { Exit } from "../../reaper/exit.ts";
import { type Changes, toChanges } from "./fact.ts";
import type { Mutex } from "./mutex.ts";
import type { ParkedReports } from "./parked-reports.ts";
import type { ProcessHandles } from "./process-handles.ts";
import type { ExitRecord, Outcome, ProcessRecord, WaitAnswer } from "./process-record.ts";
import { isLegalMove, type ProcessState } from "./process-state.ts";

/** A process that the runtime has created. */
export interface CreatedProcess {
  readonly pid: number;
  readonly internalPid?: number | undefined;
  /** True: the runtime takes the process's ends of its streams at start. */
  readonly stdioAtStart?: boolean | undefined;
}

interface ProcessParts {
  readonly containerId: string;
  readonly record: ProcessRecord;
  readonly handles: ProcessHandles;
}

/**
 * One process of a container: its init, or an exec. Its record says what has happened to it, and changes only by the
 * methods that are named after facts. The calls that drive it are in `calls/`. Changes are serialised by `lock`;
 * reading needs no lock.
 */
export class Process {
  readonly containerId: string;
  readonly handles: ProcessHandles;
  readonly #changed: (changes: Changes<ProcessRecord>) => void;
  #record: ProcessRecord;

  /** `changed` is called with each change of the record. */
  constructor({ containerId, record, handles }: ProcessParts, changed: (changes: Changes<ProcessRecord>) => void) {
    this.containerId = containerId;
    this.handles = handles;
    this.#record = record;
    this.#changed = changed;
  }

  get record(): ProcessRecord {
    return this.#record;
  }

  /** Empty for the init process. */
  get execId(): string {
    return this.#record.execId;
  }

  /** The id that events and State carry: the container's for init, the exec's otherwise. */
  get id(): string {
    return this.execId === "" ? this.containerId : this.execId;
  }

  get paths(): StdioPaths {
    return this.#record.paths;
  }

  /** The OCI `process` of an exec, until it has ended; undefined for init, whose process is in config.json. */
  get spec(): unknown {
    return this.#record.spec;
  }

  get state(): ProcessState {
    return this.#record.state;
  }

  /** 0 until the runtime has created the process. */
  get pid(): number {
    return this.#record.pid;
  }

  /** The pid that the runtime lists: in a sandbox another one than the host's. */
  get listedPid(): number {
    return this.#record.internalPid ?? this.#record.pid;
  }

  /** Whether its start has succeeded. */
  get hasRun(): boolean {
    return this.#record.hasRun;
  }

  /** Whether its start has begun and its exit was not reported. */
  get isLive(): boolean {
    return this.#record.isLive;
  }

  /**
   * True once it was reaped: its pid may belong to another process. Its exit, and with it the state, may still wait to
   * be reported.
   */
  get isGone(): boolean {
    return this.#record.exit !== undefined;
  }

  /** The exit, from the moment when the process was reaped. */
  get exit(): ExitRecord | undefined {
    return this.#record.exit;
  }

  /** The exit, once it was reported. */
  get outcome(): Outcome {
    const { exit, waitAnswer } = this.#record;
    if (exit === undefined || waitAnswer !== "exit") return undefined;
    return { ...exit, exitedAt: new Date(exit.exitedAt) };
  }

  /** The size of the last `resize`. */
  get size(): TerminalSize | undefined {
    return this.#record.size;
  }

  get lock(): Mutex {
    return this.handles.lock;
  }

  get reports(): ParkedReports {
    return this.handles.reports;
  }

  get io(): ProcessIo | undefined {
    return this.handles.io;
  }

  /** The process's ends of its streams while they wait for Start. */
  get startStdio(): ProcessStdio | undefined {
    return this.#record.stdioWaits ? this.io?.stdio : undefined;
  }

  /**
   * Resolves when the process has ended, at once if it already has. Rejects with `signal`'s reason at a client's
   * deadline or disconnect.
   */
  wait(signal: AbortSignal): Promise<Outcome> {
    return this.#record.waitAnswer === "pending" ? this.handles.waiters.wait(signal) : Promise.resolve(this.outcome);
  }

  /** The process gets its streams. What CloseIO and ResizePty have asked for until now is done. */
  attach(io: ProcessIo): void {
    this.handles.attach(io);
    const { stdinClosed, size } = this.#record;
    if (stdinClosed) io.closeStdin();
    if (size) io.resize?.(size);
  }

  /** The streams are closed. */
  detach(): void {
    this.handles.detach();
  }

  /**
   * A start begins. From now on a wait lasts until the end of the process that this start creates, even after an
   * earlier start that failed.
   */
  starting(): void {
    this.#change({ isLive: true, waitAnswer: "pending" });
  }

  /** The runtime has created the process. One that is restored is then in `created`. */
  created({ pid, internalPid, stdioAtStart = false }: CreatedProcess): void {
    const { state, stdioWaits } = this.#record;
    const isRestored = state === "createdCheckpoint";
    this.#change({
      pid,
      internalPid,
      state: isRestored ? "created" : state,
      stdioWaits: isRestored ? stdioWaits : stdioAtStart,
    });
  }

  /** The start has failed. The process stays in `created`, as with containerd-shim-runc-v2. */
  startFailed(): void {
    this.#change({ pid: 0 });
    this.abandoned();
  }

  /** The runtime has its ends of the streams. */
  stdioTaken(): void {
    this.#change({ stdioWaits: false });
  }

  running(): void {
    this.#move("running");
    if (!this.hasRun) this.#change({ hasRun: true });
  }

  pausing(): void {
    this.#move("pausing");
  }

  paused(): void {
    this.#move("paused");
  }

  /** The process was reaped. Its exit is reported later, with `stopped`. */
  reaped({ pid, exitStatus, exitedAt }: Exit): void {
    this.#change({ exit: { pid, exitStatus, exitedAt: exitedAt.toISOString() } });
  }

  /** The exit is reported: the state becomes `stopped`, and every waiter is released. */
  stopped(): void {
    this.#move("stopped");
    this.#change({ spec: undefined });
    this.#settle("exit");
  }

  /** No process will come of it: releases the waiters. The state stays. */
  abandoned(): void {
    this.#settle(this.#record.waitAnswer === "exit" ? "exit" : "none");
  }

  deleted(): void {
    this.#move("deleted");
  }

  /** CloseIO. If it comes before the process has streams, it is done later. */
  closeStdin(): void {
    this.#change({ stdinClosed: true });
    this.io?.closeStdin();
  }

  /** ResizePty. Without a terminal nothing happens. If it comes before the process has its terminal, it is done later. */
  resize(size: TerminalSize): void {
    this.#change({ size });
    this.io?.resize?.(size);
  }

  /** @throws {StatusError} Unknown – the move is illegal. */
  #move(to: ProcessState): void {
    const { state } = this.#record;
    if (!isLegalMove(state, to)) throw unknown(`invalid state transition "${state}" to "${to}"`);
    this.#change({ state: to });
  }

  #settle(waitAnswer: WaitAnswer): void {
    this.#change({ waitAnswer, isLive: false });
    this.handles.waiters.release(this.outcome);
  }

  #change(facts: Partial<ProcessRecord>): void {
    this.#record = { ...this.#record, ...facts };
    this.#changed(toChanges(facts));
  }
}
