import type { Stage } from "../event/stages.ts";

/**
 * Stages of which one queued event stands for all that happen to the container until it runs. The exit of a process is
 * never merged.
 */
const merged: ReadonlySet<Stage> = new Set<Stage>(["oom"]);

/**
 * Work that no client waits for. The work for one container runs in order; different containers do not wait for each
 * other. A container's queue is bounded by what its clients do: an `exit` for each exec, a `rollback` for each failed
 * create, and one `oom`.
 */
export class EventQueue {
  readonly #tails = new Map<string, Promise<void>>();
  /** Stage and key of each merged event that is queued. */
  readonly #waiting = new Set<string>();

  /** Whether nothing is queued or running. */
  get isEmpty(): boolean {
    return this.#tails.size === 0;
  }

  /** Runs `work` after earlier work with the same key. `work` must not reject: no caller gets its error. */
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

  /** Settles when all work that was added so far has ended, or when `signal` aborts. */
  flush(signal: AbortSignal): Promise<void> {
    return settledOrAborted(this.#tails.values(), signal);
  }
}

/** Settles when all promises have settled, or when `signal` aborts. */
export async function settledOrAborted(
  promises: Iterable<Promise<unknown> | undefined>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = (): void => resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([Promise.allSettled(promises), promise]);
  signal.removeEventListener("abort", onAbort);
}
