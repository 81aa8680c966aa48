import { insist, logFailure } from "../log/attempt.ts";
import type { Logger } from "../log/logger.ts";
import type { Publisher, TaskEvent } from "./publisher.ts";

/** Most events that are kept for a publisher that throws. Beyond that the newest is dropped. */
const maxKept = 4_096;

/**
 * Wraps a publisher, which a plugin may have replaced, so that `publish` never throws. An event that the publisher does
 * not accept is offered again, before all later ones.
 */
export function insistentPublisher(publisher: Publisher, log: Logger): Publisher {
  const kept: TaskEvent[] = [];
  const note = { log, message: "event not accepted by the publisher", fields: {} };
  const offer = (): void => {
    for (let head = kept[0]; head !== undefined; head = kept[0]) {
      publisher.publish(head);
      kept.shift();
    }
  };
  const publish = (event: TaskEvent): void => {
    if (kept.length < maxKept) kept.push(event);
    else logFailure({ ...note, message: "event dropped" }, event.topic);
    if (kept.length === 1) insist(note, offer);
  };
  return { publish, flush: (signal) => publisher.flush(signal), close: () => publisher.close() };
}
