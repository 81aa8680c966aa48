import { ClientInput } from "../fifo/client-input.ts";
import { ClientOutput } from "../fifo/client-output.ts";
import { openLogger } from "../logger/logger-outputs.ts";
import { LoggerTarget } from "../logger/logger-target.ts";
import { openUri } from "../path-outputs.ts";
import type { OutputTarget } from "../pipe/output-target.ts";
import type { ProcessIo, StdioPaths } from "../process-io.ts";
import { parseFifoPath, parseStdioUri } from "../stdio-uri.ts";
import type { OpenIoDeps, OpenIoOptions } from "../stream.ts";
import { TerminalIo } from "./terminal-io.ts";

/**
 * Opens the streams of a process that has its own terminal: everything but the terminal itself. Nothing blocks.
 * @throws {StatusError} as `openIo`.
 */
export async function openTerminalIo(
  paths: StdioPaths,
  options: OpenIoOptions,
  { libc, reaper, log }: OpenIoDeps,
): Promise<ProcessIo> {
  using stack = new DisposableStack();
  const deps = { libc, reaper, log: log.with({ stream: "terminal", path: paths.stdout }) };
  using stdin = parseFifoPath(paths.stdin) ? await openUri("stdin", paths.stdin, options) : undefined;
  const input = stdin && stack.use(new ClientInput(libc, stdin.handle));
  const target = stack.use(await openTarget(paths.stdout, options, deps));
  const { consoleDirectory } = options;
  return new TerminalIo({ input, target, consoleDirectory, resources: stack.move() }, deps);
}

function openTarget(uri: string, options: OpenIoOptions, deps: OpenIoDeps): Promise<OutputTarget> {
  const isLogger = ["binary", "binary-v2"].includes(parseStdioUri(uri).scheme);
  return isLogger ? openLoggerTarget(uri, options, deps) : openPathTarget(uri, options, deps);
}

/** Opens the target of the output. Without a path the output is still read; otherwise the process would block. */
async function openPathTarget(uri: string, options: OpenIoOptions, { libc, log }: OpenIoDeps): Promise<OutputTarget> {
  using opened = await openUri("stdout", uri || "/dev/null", options);
  return new ClientOutput(libc, log, opened, options);
}

/** Starts a logger as the target of the output. Its stderr is at end of file from the start. */
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
