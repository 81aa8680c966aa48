import type { OutputTarget } from "../copy/output-target.ts";
import type { ReaderPolicy } from "../copy/reader-policy.ts";
import { DirectOutput } from "../fifo/direct-output.ts";
import { FifoTarget } from "../fifo/fifo-target.ts";
import { FileTarget } from "../file/file-target.ts";
import { PipeOutput } from "../pipe/pipe-output.ts";
import type { StdioPaths } from "../process-io.ts";
import type { OpenIoDeps, OutputStream, Outputs, PipeOwner } from "../stream.ts";
import { parseFifoPath, parseHostFile, parseStdioUri } from "../uri/stdio-uri.ts";
import type { NamedPath } from "./named-path.ts";
import { type OpenedPath, openPath } from "./open-path.ts";

export interface PathOptions extends ReaderPolicy, PipeOwner {
  /** Whether to use direct mode: `isDirectEligible` is true, and the configuration allows it. */
  readonly direct: boolean;
  /** How long a path's device may take; default: 5 s. */
  readonly openTimeoutMs?: number | undefined;
}

/**
 * Opens outputs that are paths, plain or `fifo://`: FIFOs directly or through a pipe, files through a pipe. Also opens
 * `file://`, and creates the file. stderr may have another of these schemes than stdout. If both are the same file,
 * they are one stream.
 */
export async function openPathOutputs(paths: StdioPaths, options: PathOptions, deps: OpenIoDeps): Promise<Outputs> {
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
}

/** Opens the target of a terminal's output. Without a path the output is still read; otherwise the process would block. */
export async function openPathTarget(uri: string, options: PathOptions, deps: OpenIoDeps): Promise<OutputTarget> {
  using opened = await openUri("stdout", uri || "/dev/null", options);
  return toTarget(opened, options, deps);
}

/**
 * Opens the path that a stdio field names. With `file://`, a missing file is created.
 * @throws {StatusError} as `openPath`; Unimplemented – another scheme.
 */
export function openUri(
  stream: NamedPath["stream"],
  uri: string,
  { openTimeoutMs: timeoutMs }: Pick<PathOptions, "openTimeoutMs">,
): Promise<OpenedPath> {
  const { path, isLogFile } = toPath(uri);
  return openPath({ stream, path }, { isLogFile, timeoutMs });
}

function toPath(uri: string): { readonly path: string; readonly isLogFile: boolean } {
  const isLogFile = parseStdioUri(uri).scheme === "file";
  return { path: isLogFile ? parseHostFile(uri).path : parseFifoPath(uri), isLogFile };
}

function toOutput(opened: OpenedPath, options: PathOptions, deps: OpenIoDeps): OutputStream {
  const { named, handle, file } = opened;
  const { libc } = deps;
  if (options.direct && file === undefined) return DirectOutput.open(libc, handle);
  const log = deps.log.with({ stream: named.stream, path: named.path });
  return new PipeOutput(toTarget(opened, options, { libc, log }), options, { libc, log });
}

/** Takes the file over; the handle stays the caller's. */
function toTarget(
  { handle, file }: OpenedPath,
  policy: ReaderPolicy,
  deps: Pick<OpenIoDeps, "libc" | "log">,
): OutputTarget {
  return file === undefined ? new FifoTarget(handle, policy, deps) : new FileTarget(file, deps.log);
}
