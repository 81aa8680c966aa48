import type { Container } from "../container/container.ts";

/** Stops holding the client's stdin FIFO open. Without such a FIFO it succeeds and does nothing. */
export function closeIo(container: Container, execId: string): void {
  container.process(execId).closeStdin();
}
