import type { Stage } from "./stages.ts";

/** Most events that wait or run. */
const capacity = 1_024;

/** What may be left out when too much is waiting. The end of a process never is. */
const droppable: ReadonlySet<Stage> = new Set<Stage>(["oom"]);

interface Waiting {
  readonly stage: Stage;
  dropped: boolean;
}

/** Work that nobody waits for: one after the other for a container, side by side for different ones, and bounded. */
export class EventQueue {
  readonly #tails = new Map<string, Promise<void>>();
  readonly #waiting = new Set<Waiting>();
  readonly #onDropped: () => void;

  /** `onDropped` is called for every event that is left out. */
  constructor(onDropped: () => void) {
    this.#onDropped = onDropped;
  }

  /** Whether nothing waits or runs. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Runs `work` after what was added before under the same key. It must not reject: what it throws is nobody's. */
  add(key: string, stage: Stage, work: () => Promise<void>): void {
    if (this.#waiting.size >= capacity) this.#dropOldest();
    const entry: Waiting = { stage, dropped: false };
    this.#waiting.add(entry);
    const before = this.#tails.get(key) ?? Promise.resolve();
    const tail = before.then(() => this.#run(entry, work));
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
  }

  /** Settles when nothing is left to do, or when `signal` aborts. */
  async flush(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onAbort = (): void => resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    await Promise.race([Promise.all(this.#tails.values()), promise]);
    signal.removeEventListener("abort", onAbort);
  }

  async #run(entry: Waiting, work: () => Promise<void>): Promise<void> {
    if (!entry.dropped) await work().catch(() => undefined);
    this.#waiting.delete(entry);
  }

  #dropOldest(): void {
    for (const entry of this.#waiting) {
      if (!droppable.has(entry.stage) || entry.dropped) continue;
      entry.dropped = true;
      this.#waiting.delete(entry);
      this.#onDropped();
      return;
    }
  }
}
