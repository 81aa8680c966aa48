import { ClientInput } from "../fifo/client-input.ts";
import { ClientOutput } from "../fifo/client-output.ts";
import { openPath } from "../fifo/fifo.ts";
import { openLogger } from "../logger/logger-outputs.ts";
import { LoggerTarget } from "../logger/logger-target.ts";
import { preparePath } from "../path-outputs.ts";
import type { OutputTarget } from "../pipe/output-target.ts";
import type { ProcessIo, StdioPaths } from "../process-io.ts";
import { parseFifoPath, parseStdioUri } from "../stdio-uri.ts";
import type { OpenIoDeps, OpenIoOptions } from "../stream.ts";
import { TerminalIo } from "./terminal-io.ts";

/**
 * Opens the streams of a process with a terminal of its own: everything but the terminal itself. Nothing blocks.
 * @throws {StatusError} as `openIo`.
 */
export async function openTerminalIo(
  paths: StdioPaths,
  options: OpenIoOptions,
  { libc, reaper, log }: OpenIoDeps,
): Promise<ProcessIo> {
  using stack = new DisposableStack();
  const deps = { libc, reaper, log: log.with({ stream: "terminal", path: paths.stdout }) };
  const stdin = parseFifoPath(paths.stdin);
  const input = stdin ? stack.use(new ClientInput(libc, stdin)) : undefined;
  const target = stack.use(await openTarget(paths.stdout, options, deps));
  const { consoleDirectory } = options;
  return new TerminalIo({ input, target, consoleDirectory, resources: stack.move() }, deps);
}

function openTarget(uri: string, options: OpenIoOptions, deps: OpenIoDeps): Promise<OutputTarget> {
  const isLogger = ["binary", "binary-v2"].includes(parseStdioUri(uri).scheme);
  return isLogger ? openLoggerTarget(uri, options, deps) : openPathTarget(uri, options, deps);
}

/** Without a path the output is read all the same, or the process would block. */
async function openPathTarget(uri: string, options: OpenIoOptions, { libc, log }: OpenIoDeps): Promise<OutputTarget> {
  const { path } = await preparePath("stdout", uri);
  const named = { stream: "stdout", path: path || "/dev/null" } as const;
  const { handle, isFifo } = openPath(named);
  using _ = handle;
  return new ClientOutput(libc, log, { named, handle: handle.fd, isFifo }, options);
}

/** The logger's stderr is at its end from the beginning. */
async function openLoggerTarget(uri: string, options: OpenIoOptions, deps: OpenIoDeps): Promise<OutputTarget> {
  using stack = new DisposableStack();
  const { stdout, stderr, logger } = stack.use(await openLogger(uri, options, deps));
  stderr.writeEnd.close();
  const target = stack.use(new LoggerTarget(stdout, options, deps.log));
  const opened = stack.move();
  return {
    sink: target.sink,
    end: (delivered) => target.end(delivered),
    finish: () => logger.end(),
    [Symbol.dispose]: () => opened.dispose(),
  };
}
