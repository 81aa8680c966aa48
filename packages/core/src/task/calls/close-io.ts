import type { Container } from "../container/container.ts";

/** Closes the shim's hold on the client's stdin FIFO; without one it succeeds and does nothing. */
export function closeIo(container: Container, execId: string): void {
  container.process(execId).closeStdin();
}
