import { PipeOutput } from "../pipe/pipe-output.ts";
import { parseFifoPath } from "../stdio-uri.ts";
import type { OpenIoDeps, OpenIoOptions, OutputStream, OutputsOpener } from "../stream.ts";
import { DirectOutput } from "./direct-output.ts";
import { type NamedPath, openPath } from "./fifo.ts";

/** Opens outputs that are paths, plain or `fifo://`: FIFOs directly or by pipe, files by pipe. */
export const openFifoOutputs: OutputsOpener = (paths, options, deps) => {
  using stack = new DisposableStack();
  const outPath = parseFifoPath(paths.stdout);
  const errPath = parseFifoPath(paths.stderr);
  const open = (stream: NamedPath["stream"], path: string): OutputStream | undefined =>
    path ? stack.use(openOutput({ stream, path }, options, deps)) : undefined;
  const stdout = open("stdout", outPath);
  const stderr = errPath === outPath ? stdout : open("stderr", errPath);
  const opened = stack.move();
  return { stdout, stderr, [Symbol.dispose]: () => opened.dispose() };
};

function openOutput(named: NamedPath, { direct, ioUid, ioGid }: OpenIoOptions, deps: OpenIoDeps): OutputStream {
  const { handle, isFifo } = openPath(named);
  using _ = handle;
  if (direct && isFifo) return DirectOutput.open(deps.libc, handle.fd);
  return new PipeOutput(deps.libc, deps.log, { named, handle: handle.fd, isFifo, ioUid, ioGid });
}
