import { invalidArgument } from "../../errors/errors.ts";
import type { OutputTarget } from "../copy/output-target.ts";
import type { ReaderPolicy } from "../copy/reader-policy.ts";
import { PipeOutput } from "../pipe/pipe-output.ts";
import type { OpenIoDeps, OutputStream, Outputs, PipeOwner } from "../stream.ts";
import type { LoggerUri, OutputUris, StreamUri } from "../uri/stream-uri.ts";
import { parseLoggerCommand } from "./logger-command.ts";
import { LoggerOutput } from "./logger-output.ts";
import { LoggerPipe } from "./logger-pipe.ts";
import { LoggerTarget } from "./logger-target.ts";
import { type LoggerSubject, type LoggerTimes, SupervisedLogger } from "./supervised-logger.ts";

export interface LoggerOptions extends ReaderPolicy, PipeOwner {
  readonly subject: LoggerSubject;
  readonly loggerTimes: LoggerTimes;
  /** Soft RLIMIT_NOFILE of loggers. Default: the shim's own. */
  readonly openFilesSoftLimit?: number | undefined;
}

/**
 * Opens outputs that go to a logging binary, which gets both. The process writes into the logger's pipes itself, unless
 * output may be dropped. The request's field for stderr is ignored.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/pkg/process/io.go (NewBinaryIO)
 */
export async function openLoggerOutputs(
  { stdout: uri }: OutputUris,
  options: LoggerOptions,
  deps: OpenIoDeps,
): Promise<Outputs> {
  const named = requireLogger(uri);
  using stack = new DisposableStack();
  const { libc, log } = deps;
  const { stdout, stderr, logger } = stack.use(await openLogger(named, options, deps));
  const open = (pipe: LoggerPipe): OutputStream =>
    options.whenReaderIsAway === "block"
      ? new LoggerOutput(pipe)
      : new PipeOutput(new LoggerTarget(pipe, options, log), options, { libc, log });
  const outputs = { stdout: stack.use(open(stdout)), stderr: stack.use(open(stderr)) };
  const opened = stack.move();
  return { ...outputs, finish: () => logger.end(), [Symbol.dispose]: () => opened.dispose() };
}

/** Starts a logger as the target of a terminal's output. Its stderr is at end of file from the start. */
export async function openLoggerTarget(
  uri: StreamUri,
  options: LoggerOptions,
  deps: OpenIoDeps,
): Promise<OutputTarget> {
  using stack = new DisposableStack();
  const { stdout, stderr, logger } = stack.use(await openLogger(requireLogger(uri), options, deps));
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

/** @throws {StatusError} InvalidArgument – stdout names no logger, so only stderr does. */
function requireLogger(stdout: StreamUri): LoggerUri {
  if (stdout.kind === "logger") return stdout;
  throw invalidArgument("a logging binary gets both outputs: stdout must name it");
}

/** A logger and its pipes. Disposing ends them in the background: the logger still reads what is in the pipes. */
interface OpenLogger extends Disposable {
  readonly stdout: LoggerPipe;
  readonly stderr: LoggerPipe;
  readonly logger: SupervisedLogger;
}

/**
 * Starts the logger that `uri` names; resolves when it is ready.
 * @throws {StatusError} as `SupervisedLogger.start`.
 */
async function openLogger(uri: LoggerUri, options: LoggerOptions, deps: OpenIoDeps): Promise<OpenLogger> {
  using stack = new DisposableStack();
  const command = parseLoggerCommand(uri);
  const stdout = stack.use(new LoggerPipe(deps.libc, options));
  const stderr = stack.use(new LoggerPipe(deps.libc, options));
  const { subject, loggerTimes: times, openFilesSoftLimit } = options;
  const logger = await SupervisedLogger.start({ command, stdout, stderr, subject, times, openFilesSoftLimit }, deps);
  const pipes = stack.move();
  const close = (): void => {
    stdout.writeEnd.close();
    stderr.writeEnd.close();
    void logger.end().then(() => pipes.dispose());
  };
  return { stdout, stderr, logger, [Symbol.dispose]: close };
}
