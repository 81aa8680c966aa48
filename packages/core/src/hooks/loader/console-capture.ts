import { Console } from "node:console";
import { Writable } from "node:stream";
import type { Logger } from "../../log/logger.ts";

/**
 * Makes `console` write to the log. No client reads a daemon's standard output, and that of `delete` is for its answer.
 * Each line becomes one line of the log, of level info, or warn for lines that would go to standard error.
 */
export function captureConsole(log: Logger): Disposable {
  const original = globalThis.console;
  globalThis.console = new Console({
    stdout: lineStream((text) => log.info("plugin output", { text })),
    stderr: lineStream((text) => log.warn("plugin output", { text })),
    colorMode: false,
  });
  return {
    [Symbol.dispose]: () => {
      globalThis.console = original;
    },
  };
}

function lineStream(write: (line: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write: (text, _encoding, done) => {
      for (const line of String(text).trimEnd().split("\n")) write(line);
      done();
    },
  });
}
