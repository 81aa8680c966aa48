import { ClientOutput } from "./fifo/client-output.ts";
import { DirectOutput } from "./fifo/direct-output.ts";
import type { NamedPath } from "./fifo/fifo.ts";
import { type OpenedPath, openPath } from "./open-path.ts";
import { PipeOutput } from "./pipe/pipe-output.ts";
import { parseFifoPath, parseHostFile, parseStdioUri } from "./stdio-uri.ts";
import type { OpenIoDeps, OpenIoOptions, OutputStream, OutputsOpener } from "./stream.ts";

/**
 * Opens outputs that are paths, plain or `fifo://`: FIFOs directly or through a pipe, files through a pipe. Also opens
 * `file://`, and creates the file. stderr may have another of these schemes than stdout. If both are the same file,
 * they are one stream.
 */
export const openPathOutputs: OutputsOpener = async (paths, options, deps) => {
  using stack = new DisposableStack();
  const open = async (stream: NamedPath["stream"], uri: string): Promise<OutputStream> => {
    using opened = await openUri(stream, uri, options);
    return stack.use(toOutput(opened, options, deps));
  };
  const stdout = paths.stdout ? await open("stdout", paths.stdout) : undefined;
  const isSame = toPath(paths.stderr).path === toPath(paths.stdout).path;
  const stderr = isSame || !paths.stderr ? stdout : await open("stderr", paths.stderr);
  const opened = stack.move();
  return { stdout, stderr: paths.stderr ? stderr : undefined, [Symbol.dispose]: () => opened.dispose() };
};

/**
 * Opens the path that a stdio field names. With `file://`, a missing file is created.
 * @throws {StatusError} as `openPath`; Unimplemented – another scheme.
 */
export function openUri(
  stream: NamedPath["stream"],
  uri: string,
  { openTimeoutMs: timeoutMs }: Pick<OpenIoOptions, "openTimeoutMs">,
): Promise<OpenedPath> {
  const { path, isLogFile } = toPath(uri);
  return openPath({ stream, path }, { isLogFile, timeoutMs });
}

function toPath(uri: string): { readonly path: string; readonly isLogFile: boolean } {
  const isLogFile = parseStdioUri(uri).scheme === "file";
  return { path: isLogFile ? parseHostFile(uri).path : parseFifoPath(uri), isLogFile };
}

function toOutput(opened: OpenedPath, options: OpenIoOptions, deps: OpenIoDeps): OutputStream {
  const { named, handle, file } = opened;
  if (options.direct && file === undefined) return DirectOutput.open(deps.libc, handle);
  const log = deps.log.with({ stream: named.stream, path: named.path });
  const target = new ClientOutput(deps.libc, log, opened, options);
  return new PipeOutput(deps.libc, log, target, options);
}
