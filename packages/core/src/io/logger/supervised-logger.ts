import { setTimeout } from "node:timers/promises";
import { insist } from "../../log/attempt.ts";
import type { Logger } from "../../log/logger.ts";
import { DiscardedOutput } from "./discarded-output.ts";
import type { LoggerCommand } from "./logger-command.ts";
import type { LoggerPipe } from "./logger-pipe.ts";
import { LoggerProcess, type LoggerProcessDeps } from "./logger-process.ts";
import { recordLogger } from "./logger-records.ts";

/** The time limits in the life of a logger, in milliseconds. */
export interface LoggerTimes {
  /** From its start until it reports that it is ready. */
  readonly readyMs: number;
  /** Delay before the first restart; twice as long before each further one. */
  readonly restartMs: number;
  /** A logger that has lived this long starts afresh: its next death counts as its first. */
  readonly healthyMs: number;
  /** How long a logger may take to exit by itself when it is to end. */
  readonly graceMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly terminateMs: number;
}

/**
 * The default times. `terminateMs` is containerd's.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/pkg/process/io.go (binaryIOProcTermTimeout)
 */
export const loggerTimes: LoggerTimes = {
  readyMs: 10_000,
  restartMs: 100,
  healthyMs: 60_000,
  graceMs: 2_000,
  terminateMs: 12_000,
};

/** Consecutive deaths after which the output is discarded. */
const mostDeaths = 6;

/** What a logger learns about the process whose output it gets, and where the logger runs. */
export interface LoggerSubject {
  /** The container's id, or an exec's. */
  readonly id: string;
  readonly namespace: string;
  /** The logger's working directory, as with containerd's shim. A file in it names the logger for `delete`. */
  readonly bundle: string;
}

export interface SupervisedLoggerOptions {
  readonly command: LoggerCommand;
  readonly stdout: LoggerPipe;
  readonly stderr: LoggerPipe;
  readonly subject: LoggerSubject;
  readonly times: LoggerTimes;
  readonly openFilesSoftLimit?: number | undefined;
}

export interface SupervisedLoggerDeps extends LoggerProcessDeps {
  readonly log: Logger;
}

/**
 * The logger of one process. If it dies before the end of its input, it is restarted, after growing delays. After
 * several deaths in a row, the output is read and discarded instead, so that the process that writes is never blocked
 * for good.
 */
export class SupervisedLogger {
  readonly #options: SupervisedLoggerOptions;
  readonly #deps: SupervisedLoggerDeps;
  readonly #log: Logger;
  readonly #ending = new AbortController();
  #current: LoggerProcess | undefined;
  /** Consecutive deaths. */
  #deaths = 0;
  #discarded: DiscardedOutput | undefined;
  #end: Promise<void> | undefined;

  private constructor(options: SupervisedLoggerOptions, deps: SupervisedLoggerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#log = deps.log.with({ logger: options.command.path });
  }

  /**
   * Starts the logger; resolves when it is ready. The pipes stay the caller's, who keeps them until `end` has resolved.
   * @throws {StatusError} InvalidArgument – not an executable file; Unknown – the logger exits before it is ready, or
   *   takes too long. Nothing of it is left then.
   */
  static async start(options: SupervisedLoggerOptions, deps: SupervisedLoggerDeps): Promise<SupervisedLogger> {
    const logger = new SupervisedLogger(options, deps);
    const first = await logger.#start();
    void logger.#keepRunning(first);
    return logger;
  }

  /**
   * Ends the logger, at the latest after `graceMs` and `terminateMs`. Its writers should be gone: then it reads what
   * they left, and exits by itself. Idempotent; never rejects.
   * @see https://github.com/containerd/containerd/blob/v1.6.36/pkg/process/io.go (binaryIO.cancel)
   */
  end(): Promise<void> {
    this.#end ??= this.#endNow();
    return this.#end;
  }

  async #endNow(): Promise<void> {
    this.#ending.abort();
    const { graceMs, terminateMs } = this.#options.times;
    const current = this.#current;
    if (current !== undefined && !(await current.endsWithin(graceMs))) {
      current.terminate();
      if (!(await current.endsWithin(terminateMs))) {
        this.#log.warn("logger does not end, it is killed", { pid: current.pid });
        await current.kill();
      }
    }
    if (this.#discarded === undefined) return;
    this.#discarded[Symbol.dispose]();
    this.#log.warn("output without a logger was dropped", { dropped_bytes: this.#discarded.sizeBytes });
  }

  get #isOver(): boolean {
    const { stdout, stderr } = this.#options;
    return this.#ending.signal.aborted || (stdout.isOver && stderr.isOver);
  }

  async #keepRunning(first: LoggerProcess): Promise<void> {
    let current: LoggerProcess | undefined = first;
    while (current !== undefined) {
      const startedAt = performance.now();
      const { pid, exitStatus } = await current.ended;
      this.#current = undefined;
      if (this.#isOver) return;
      void current.kill(); // the processes that it started may read the same pipes
      const livedMs = performance.now() - startedAt;
      this.#deaths = livedMs < this.#options.times.healthyMs ? this.#deaths + 1 : 1;
      this.#log.warn("logger died", { pid, status: exitStatus, deaths: this.#deaths });
      current = await this.#startAgain();
    }
    // Retries until it succeeds; otherwise the process that writes would be blocked for good.
    const note = { log: this.#log, message: "output without a logger is not read", fields: {} };
    insist(note, () => {
      if (!this.#isOver) this.#bypass();
    });
  }

  /** Returns the restarted logger. Undefined: it has died too often, or is not needed any more. */
  async #startAgain(): Promise<LoggerProcess | undefined> {
    for (; this.#deaths < mostDeaths; this.#deaths += 1) {
      await this.#pause(this.#options.times.restartMs * 2 ** (this.#deaths - 1));
      if (this.#isOver) return undefined;
      try {
        return await this.#start();
      } catch (error) {
        if (!this.#isOver) this.#log.warn("logger not started again", { error, deaths: this.#deaths + 1 });
      }
    }
    return undefined;
  }

  async #start(): Promise<LoggerProcess> {
    const { command, stdout, stderr, subject, openFilesSoftLimit, times } = this.#options;
    const streams = { stdout: stdout.readEnd.fd, stderr: stderr.readEnd.fd };
    const env = [`CONTAINER_ID=${subject.id}`, `CONTAINER_NAMESPACE=${subject.namespace}`];
    const spawn = { command, ...streams, env, cwd: subject.bundle, openFilesSoftLimit };
    const logger = LoggerProcess.spawn(spawn, this.#deps);
    this.#current = logger;
    try {
      recordLogger(subject.bundle, logger.pid);
      await logger.ready(times.readyMs);
      return logger;
    } catch (error) {
      await logger.kill(); // in the turn in which it was reaped, if it was
      this.#current = undefined;
      throw error;
    }
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#ending;
    await setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined);
  }

  #bypass(): void {
    const { stdout, stderr } = this.#options;
    this.#discarded = new DiscardedOutput(this.#deps.libc, [stdout.readEnd.fd, stderr.readEnd.fd]);
    this.#log.error("logger abandoned, output is dropped", { deaths: this.#deaths });
  }
}
