import type { OutputTarget } from "../copy/output-target.ts";
import type { ReaderPolicy } from "../copy/reader-policy.ts";
import { DirectOutput } from "../fifo/direct-output.ts";
import { FifoTarget } from "../fifo/fifo-target.ts";
import { FileTarget } from "../file/file-target.ts";
import { PipeOutput } from "../pipe/pipe-output.ts";
import type { OpenIoDeps, OutputStream, Outputs, PipeOwner } from "../stream.ts";
import { toHostFile } from "../uri/stdio-uri.ts";
import { type OutputUris, type StreamUri, unknownScheme } from "../uri/stream-uri.ts";
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
 * @throws {StatusError} as `openPath`; InvalidArgument – a malformed URI; Unimplemented – another scheme.
 */
export async function openPathOutputs(uris: OutputUris, options: PathOptions, deps: OpenIoDeps): Promise<Outputs> {
  using stack = new DisposableStack();
  const open = async (stream: NamedPath["stream"], path: OutputPath): Promise<OutputStream> => {
    using opened = await openOutput(stream, path, options);
    return stack.use(toOutput(opened, options, deps));
  };
  const hasStderr = uris.stderr.kind !== "none";
  const toStdout = toPath(uris.stdout);
  const stdout = uris.stdout.kind === "none" ? undefined : await open("stdout", toStdout);
  const toStderr = toPath(uris.stderr);
  const isSame = toStderr.path === toStdout.path;
  const stderr = isSame || !hasStderr ? stdout : await open("stderr", toStderr);
  const opened = stack.move();
  return { stdout, stderr: hasStderr ? stderr : undefined, [Symbol.dispose]: () => opened.dispose() };
}

/**
 * Opens the target of a terminal's output. Without a path the output is still read; otherwise the process would block.
 */
export async function openPathTarget(uri: StreamUri, options: PathOptions, deps: OpenIoDeps): Promise<OutputTarget> {
  const path = uri.kind === "none" ? { path: "/dev/null" } : toPath(uri);
  using opened = await openOutput("stdout", path, options);
  return toTarget(opened, options, deps);
}

interface OutputPath {
  readonly path: string;
  /** Create the file if it is missing. */
  readonly isLogFile?: boolean;
}

function toPath(uri: StreamUri): OutputPath {
  switch (uri.kind) {
    case "none":
    case "fifo":
      return { path: uri.path };
    case "file":
      return { path: toHostFile(uri).path, isLogFile: true };
    default:
      throw unknownScheme(uri);
  }
}

function openOutput(
  stream: NamedPath["stream"],
  { path, isLogFile }: OutputPath,
  { openTimeoutMs: timeoutMs }: PathOptions,
): Promise<OpenedPath> {
  return openPath({ stream, path }, { isLogFile, timeoutMs });
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
