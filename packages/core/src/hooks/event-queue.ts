import type { Stage } from "./stages.ts";

/** Of these one that waits stands for all that happen to the container meanwhile. The end of a process never does. */
const merged: ReadonlySet<Stage> = new Set<Stage>(["oom"]);

/**
 * Work that no client waits for: one after the other for a container, side by side for different ones. What waits for a
 * container is bounded by what its clients do: an `exit` for each exec, a `rollback` for each failed create, and one `oom`.
 */
export class EventQueue {
  readonly #tails = new Map<string, Promise<void>>();
  /** Keys of which an event that is merged waits, by stage. */
  readonly #waiting = new Set<string>();

  /** Whether nothing waits or runs. */
  get isEmpty(): boolean {
    return this.#tails.size === 0;
  }

  /** Runs `work` after what was added before under the same key. It must not reject: what it throws is nobody's. */
  add(key: string, stage: Stage, work: () => Promise<void>): void {
    const entry = `${stage} ${key}`;
    if (this.#waiting.has(entry)) return;
    if (merged.has(stage)) this.#waiting.add(entry);
    const before = this.#tails.get(key) ?? Promise.resolve();
    const tail = before
      .then(() => {
        this.#waiting.delete(entry);
        return work();
      })
      .catch(() => undefined)
      .then(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    this.#tails.set(key, tail);
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
}
