import type { OutputTarget } from "../copy/output-target.ts";
import { ClientInput } from "../fifo/client-input.ts";
import { openLoggerTarget } from "../logger/logger-outputs.ts";
import type { OpenIoOptions } from "../open-io-options.ts";
import { openPathTarget, openUri } from "../path/path-outputs.ts";
import type { ProcessIo, StdioPaths } from "../process-io.ts";
import type { OpenIoDeps } from "../stream.ts";
import { parseFifoPath, parseStdioUri } from "../uri/stdio-uri.ts";
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
