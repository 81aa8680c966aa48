/** Serialises asynchronous work in the order of the calls. A plain queue: not re-entrant. */
export class Mutex {
  #tail: Promise<void> = Promise.resolve();

  /** Runs `work` when everything queued before it has settled; settles as `work` does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.then(ignore, ignore);
    return result;
  }
}

const ignore = (): void => {};
