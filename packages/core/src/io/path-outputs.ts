import { ClientOutput } from "./fifo/client-output.ts";
import { DirectOutput } from "./fifo/direct-output.ts";
import { type NamedPath, openPath } from "./fifo/fifo.ts";
import { createLogFile } from "./file/log-file.ts";
import { PipeOutput } from "./pipe/pipe-output.ts";
import { parseFifoPath, parseHostFile, parseStdioUri } from "./stdio-uri.ts";
import type { OpenIoDeps, OpenIoOptions, OutputStream, OutputsOpener } from "./stream.ts";

/**
 * Opens outputs that are paths: plain or `fifo://`, FIFOs directly or by pipe, files by pipe; or `file://`, which is created.
 * stderr may have the other of these schemes; the same file for both is one stream.
 */
export const openPathOutputs: OutputsOpener = async (paths, options, deps) => {
  using stack = new DisposableStack();
  const out = await preparePath("stdout", paths.stdout);
  const err = await preparePath("stderr", paths.stderr);
  const open = (named: NamedPath): OutputStream | undefined =>
    named.path ? stack.use(openOutput(named, options, deps)) : undefined;
  const stdout = open(out);
  const stderr = err.path === out.path ? stdout : open(err);
  const opened = stack.move();
  return { stdout, stderr, [Symbol.dispose]: () => opened.dispose() };
};

/** Returns the path that a field names, empty for an empty field, and makes sure that a `file://` exists. */
export async function preparePath(stream: NamedPath["stream"], uri: string): Promise<NamedPath> {
  if (parseStdioUri(uri).scheme !== "file") return { stream, path: parseFifoPath(uri) };
  const named = { stream, path: parseHostFile(uri).path };
  await createLogFile(named);
  return named;
}

function openOutput(named: NamedPath, options: OpenIoOptions, deps: OpenIoDeps): OutputStream {
  const { handle, isFifo } = openPath(named);
  using _ = handle;
  if (options.direct && isFifo) return DirectOutput.open(deps.libc, handle.fd);
  const log = deps.log.with({ stream: named.stream, path: named.path });
  const target = new ClientOutput(deps.libc, log, { named, handle: handle.fd, isFifo }, options);
  return new PipeOutput(deps.libc, log, target, options);
}
