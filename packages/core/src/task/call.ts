import type { Container } from "./container/container.ts";
import type { TaskDeps } from "./deps.ts";

/** A call of the Task API on a container. */
export interface Call {
  readonly deps: TaskDeps;
  readonly container: Container;
  /** Aborts at the client's deadline, and when the client disconnects. */
  readonly signal: AbortSignal;
  /**
   * 0 for a request of the client. Otherwise it is sent again because a process that had it died before it answered: a
   * verb whose effect is there already answers with it, and repeats the hooks that follow the effect.
   */
  readonly attempt: number;
}
