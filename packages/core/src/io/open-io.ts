import { constants, openSync } from "node:fs";
import { openLoggerOutputs } from "./logger/logger-outputs.ts";
import type { OpenIoOptions } from "./open-io-options.ts";
import { OwnedFd } from "./owned-fd.ts";
import { openPathOutputs, openUri } from "./path/path-outputs.ts";
import { StdinPipe } from "./pipe/stdin-pipe.ts";
import type { ProcessIo, StdioPaths } from "./process-io.ts";
import type { OpenIoDeps, Outputs } from "./stream.ts";
import { StreamsIo } from "./streams-io.ts";
import { openTerminalIo } from "./terminal/open-terminal-io.ts";
import { parseFifoPath, parseStdioUri, unknownScheme } from "./uri/stdio-uri.ts";

type OutputsOpener = (paths: StdioPaths, options: OpenIoOptions, deps: OpenIoDeps) => Promise<Outputs>;

/** Openers by the scheme of stdout, or of stderr if there is no stdout. */
const outputsOpeners: ReadonlyMap<string, OutputsOpener> = new Map<string, OutputsOpener>([
  ["fifo", openPathOutputs],
  ["file", openPathOutputs],
  ["binary", openLoggerOutputs],
  ["binary-v2", openLoggerOutputs],
]);

/**
 * Opens the streams of one process. Nothing blocks, whether or not other processes hold the other ends. On an error,
 * everything is closed again. A logger is awaited until it is ready or its time limit has passed.
 * @throws {StatusError} InvalidArgument – a path does not exist or is of the wrong kind, or a URI is malformed;
 *   Unimplemented – an unknown scheme; Unknown – a logger does not start.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/pkg/process/io.go
 */
export async function openIo(paths: StdioPaths, options: OpenIoOptions, deps: OpenIoDeps): Promise<ProcessIo> {
  if (paths.terminal) return openTerminalIo(paths, options, deps);
  const openOutputs = findOutputsOpener(paths.stdout || paths.stderr);
  using stack = new DisposableStack();
  const stdinPath = parseFifoPath(paths.stdin);
  using input = stdinPath ? await openUri("stdin", paths.stdin, options) : undefined;
  const stdin = input && stack.use(new StdinPipe({ path: input.named.path, handle: input.handle }, options, deps));
  const outputs = stack.use(await openOutputs(paths, options, deps));
  const devNull = stack.use(new OwnedFd(openSync("/dev/null", constants.O_RDWR)));
  return new StreamsIo(stack.move(), { stdin, outputs, devNull });
}

function findOutputsOpener(uri: string): OutputsOpener {
  const opener = outputsOpeners.get(parseStdioUri(uri).scheme);
  if (opener === undefined) throw unknownScheme(uri);
  return opener;
}
