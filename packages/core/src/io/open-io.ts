import { constants, openSync } from "node:fs";
import type { OpenIoOptions } from "./open-io-options.ts";
import { OwnedFd } from "./owned-fd.ts";
import { openStdin } from "./path/open-stdin.ts";
import { StdinPipe } from "./pipe/stdin-pipe.ts";
import type { ProcessIo, StdioPaths } from "./process-io.ts";
import { parseStreamUri, schemeOf } from "./schemes.ts";
import type { OpenIoDeps } from "./stream.ts";
import { StreamsIo } from "./streams-io.ts";
import { openTerminalIo } from "./terminal/open-terminal-io.ts";

/**
 * Opens the streams of one process. Nothing blocks, whether or not other processes hold the other ends. On an error,
 * everything is closed again. A logger is awaited until it is ready or its time limit has passed.
 * @throws {StatusError} InvalidArgument – a path does not exist or is of the wrong kind, or a URI is malformed;
 *   Unimplemented – an unknown scheme; Unknown – a logger does not start.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/pkg/process/io.go
 */
export async function openIo(paths: StdioPaths, options: OpenIoOptions, deps: OpenIoDeps): Promise<ProcessIo> {
  const stdin = parseStreamUri(paths.stdin);
  const stdout = parseStreamUri(paths.stdout);
  const stderr = parseStreamUri(paths.stderr);
  if (paths.terminal) return openTerminalIo({ stdin, stdout }, options, deps);
  const { openOutputs } = schemeOf(stdout.kind === "none" ? stderr : stdout);
  using stack = new DisposableStack();
  using fifo = await openStdin(stdin, options);
  const input = fifo && stack.use(new StdinPipe({ path: fifo.named.path, handle: fifo.handle }, options, deps));
  const outputs = stack.use(await openOutputs({ stdout, stderr }, options, deps));
  const devNull = stack.use(new OwnedFd(openSync("/dev/null", constants.O_RDWR)));
  return new StreamsIo(stack.move(), { stdin: input, outputs, devNull });
}
