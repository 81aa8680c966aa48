/** Promises that wait for one event. */
export class Waiters<T> {
  readonly #waiters = new Set<(value: T) => void>();

  /** Resolves at the next `release`. Rejects with `signal`'s reason if that aborts earlier. */
  wait(signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const release = (value: T): void => {
        signal.removeEventListener("abort", abort);
        resolve(value);
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

  release(value: T): void {
    for (const release of this.#waiters) release(value);
    this.#waiters.clear();
  }
}
