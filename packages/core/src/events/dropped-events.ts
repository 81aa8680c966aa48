import type { Logger } from "../log/logger.ts";
import type { PendingEvent } from "./pending-events.ts";

/** After a line about a dropped event, further drops are counted for this long and share the next line. */
const windowMs = 1_000;

/** Counts dropped events and logs them as errors: at most one line for a single drop and one for a count per second. */
export class DroppedEvents {
  readonly #log: Logger;
  readonly #unlogged = new Map<string, number>();
  #total = 0;
  #window: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  add({ containerId, topic }: Pick<PendingEvent, "containerId" | "topic">, error: unknown): void {
    this.#total++;
    if (this.#window !== undefined) {
      this.#unlogged.set(topic, (this.#unlogged.get(topic) ?? 0) + 1);
      return;
    }
    this.#log.error("event dropped", { id: containerId, topic, error, total: this.#total });
    this.#open();
  }

  /** Logs at once what was counted since the last line. */
  flush(): void {
    clearTimeout(this.#window);
    this.#window = undefined;
    if (this.#unlogged.size === 0) return;
    this.#log.error("more events dropped", { topics: Object.fromEntries(this.#unlogged), total: this.#total });
    this.#unlogged.clear();
  }

  #open(): void {
    this.#window = setTimeout(() => {
      const isBusy = this.#unlogged.size > 0;
      this.flush();
      if (isBusy) this.#open();
    }, windowMs).unref();
  }
}
