import { insist, logFailure } from "../log/attempt.ts";
import type { Logger } from "../log/logger.ts";
import type { Publisher, TaskEvent } from "./publisher.ts";

/** Most events that are kept for a publisher that throws; the newest is dropped then. */
const maxKept = 4_096;

/**
 * Makes `publish` of another publisher, which a plugin may have replaced, one that never throws. An event that it does not take is
 * offered again, before all later ones.
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
