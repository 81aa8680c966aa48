import { unknown } from "../../errors/errors.ts";
import type { TerminalSize } from "../../native/libc.ts";
import type { Container } from "../container/container.ts";

/**
 * Sets the size of a process's terminal, in characters; only its lower 16 bits count. Without a terminal it succeeds.
 * @throws {StatusError} Unknown – the exec has ended; the text is containerd-shim-runc-v2's.
 */
export function resizePty(container: Container, execId: string, { width, height }: TerminalSize): void {
  const process = container.process(execId);
  if (execId !== "" && process.state === "stopped") throw unknown("cannot resize a stopped container");
  process.resize({ width: width & 0xffff, height: height & 0xffff });
}
