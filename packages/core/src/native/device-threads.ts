import { unknown } from "../errors/errors.ts";

interface Turn {
  readonly device: string;
  readonly start: () => Promise<unknown>;
}

/** The launcher gives libuv's pool 16 threads: 4 remain for work that does not come through here. */
const threads = 12;

/**
 * Runs file operations off the event loop, one at a time per device. A device that hangs occupies one thread of libuv's
 * pool and blocks only its own users. Devices beyond `limit` wait for one that responds.
 */
export class DeviceThreads {
  readonly #limit: number;
  readonly #busy = new Set<string>();
  readonly #waiting: Turn[] = [];
  /** By device: the timers of its operations, whether they have begun or not. */
  readonly #timers = new Map<string, Set<NodeJS.Timeout>>();

  constructor(limit = threads) {
    this.#limit = limit;
  }

  /** Runs `operation` when it is the device's turn. `device` is what `deviceOf` returns. */
  run<T>(device: string, operation: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ device, start: () => operation().then(resolve, reject) });
      this.#startNext();
    });
  }

  /**
   * As `run`, with a time limit. The limit restarts when the operation begins, and whenever an earlier operation of the
   * device ends: only a device that does not respond at all is abandoned. An operation that has not begun by then never
   * begins; the result of one that has begun goes to `late`.
   * @throws {StatusError} Unknown – the device did not respond in time.
   */
  async runWithin<T>(device: string, operation: () => Promise<T>, { timeoutMs, late }: Limit<T>): Promise<T> {
    let isOver = false;
    const timeout = Promise.withResolvers<never>();
    const error = unknown(`no answer from the file system within ${timeoutMs / 1000} s`);
    const timer = setTimeout(() => {
      isOver = true;
      this.#removeTimer(device, timer);
      timeout.reject(error);
      result.then(late, () => {});
    }, timeoutMs);
    this.#addTimer(device, timer);
    const result = this.run(device, async () => {
      if (isOver) throw error;
      timer.refresh();
      return await operation();
    });
    try {
      return await Promise.race([result, timeout.promise]);
    } finally {
      this.#removeTimer(device, timer);
    }
  }

  #addTimer(device: string, timer: NodeJS.Timeout): void {
    const timers = this.#timers.get(device) ?? new Set();
    this.#timers.set(device, timers.add(timer));
  }

  #removeTimer(device: string, timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    const timers = this.#timers.get(device);
    timers?.delete(timer);
    if (timers?.size === 0) this.#timers.delete(device);
  }

  #startNext(): void {
    while (this.#busy.size < this.#limit) {
      const index = this.#waiting.findIndex(({ device }) => !this.#busy.has(device));
      const [turn] = index === -1 ? [] : this.#waiting.splice(index, 1);
      if (turn === undefined) return;
      this.#busy.add(turn.device);
      void turn.start().then(() => {
        this.#busy.delete(turn.device);
        for (const timer of this.#timers.get(turn.device) ?? []) timer.refresh();
        this.#startNext();
      });
    }
  }
}

/** The time limit of an operation. */
export interface Limit<T> {
  readonly timeoutMs: number;
  /** Frees a result that arrived too late. */
  readonly late: (result: T) => void;
}

/** The threads of this process: libuv has one pool. */
export const deviceThreads = new DeviceThreads();
