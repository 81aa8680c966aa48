import { ClientInput } from "../fifo/client-input.ts";
import type { OpenIoOptions } from "../open-io-options.ts";
import { openStdin } from "../path/open-stdin.ts";
import type { ProcessIo } from "../process-io.ts";
import { schemeOf } from "../schemes.ts";
import type { OpenIoDeps } from "../stream.ts";
import type { StreamUri } from "../uri/stream-uri.ts";
import { TerminalIo } from "./terminal-io.ts";

/** The fields that count for a process with a terminal. */
export interface TerminalUris {
  readonly stdin: StreamUri;
  readonly stdout: StreamUri;
}

/**
 * Opens the streams of a process that has its own terminal: everything but the terminal itself. Nothing blocks.
 * @throws {StatusError} as `openIo`.
 */
export async function openTerminalIo(
  { stdin, stdout }: TerminalUris,
  options: OpenIoOptions,
  { libc, reaper, log }: OpenIoDeps,
): Promise<ProcessIo> {
  using stack = new DisposableStack();
  const deps = { libc, reaper, log: log.with({ stream: "terminal", path: stdout.text }) };
  using fifo = await openStdin(stdin, options);
  const input = fifo && stack.use(new ClientInput(libc, fifo.handle));
  const target = stack.use(await schemeOf(stdout).openTarget(stdout, options, deps));
  const { consoleDirectory } = options;
  return new TerminalIo({ input, target, consoleDirectory, resources: stack.move() }, deps);
}
