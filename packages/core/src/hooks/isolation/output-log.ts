import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import type { Logger } from "../../log/logger.ts";

/** Longest line that is logged as one. */
const maxLineLength = 4_096;
/**
 * How long a stream is not read after a chunk of at most 64 KiB. A process that prints without end has to wait; the
 * daemon does not.
 */
const pauseMs = 50;

/** Logs the output of a process, line by line. Returns a function that returns the last line of its standard error. */
export function logOutput({ stdout, stderr }: Pick<ChildProcess, "stdout" | "stderr">, log: Logger): () => string {
  let last = "";
  readLines(stdout, (text) => log.info("plugin output", { text }));
  readLines(stderr, (text) => {
    last = text;
    log.warn("plugin output", { text });
  });
  return () => last;
}

function readLines(stream: Readable | null, write: (line: string) => void): void {
  let rest = "";
  const flush = (line: string): void => {
    if (line.trim() !== "") write(line);
  };
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) flush(line.slice(0, maxLineLength));
    if (rest.length > maxLineLength) {
      flush(rest.slice(0, maxLineLength));
      rest = "";
    }
    stream.pause();
    setTimeout(() => stream.resume(), pauseMs).unref();
  });
  stream?.on("end", () => flush(rest));
}
