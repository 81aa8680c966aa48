import type { Container } from "./container/container.ts";
import type { TaskDeps } from "./deps.ts";

/** A call of the Task API on a container. */
export interface Call {
  readonly deps: TaskDeps;
  readonly container: Container;
  /** Aborts at the client's deadline, and when the client disconnects. */
  readonly signal: AbortSignal;
}
