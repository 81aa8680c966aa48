import type { LoggerOptions } from "./logger/logger-outputs.ts";
import type { PathOptions } from "./path/path-outputs.ts";
import type { ProcessIo, StdioPaths } from "./process-io.ts";
import type { OpenIoDeps } from "./stream.ts";

/** What `openIo` needs in addition to the paths. */
export interface OpenIoOptions extends PathOptions, LoggerOptions {
  /** The daemon's own directory for the sockets on which runtimes send terminals; a path of at most 90 bytes. */
  readonly consoleDirectory: string;
}

/** Those of the options that are the same for every process. */
export type StreamSettings = Pick<
  OpenIoOptions,
  "whenReaderIsAway" | "dropBufferBytes" | "loggerTimes" | "openFilesSoftLimit"
>;

/**
 * Opens the streams of one process, init or exec. Nothing blocks, whether or not other processes hold the other ends.
 * On an error, everything is closed.
 * @throws {StatusError} the error that the client gets.
 */
export type OpenIo = (paths: StdioPaths, options: OpenIoOptions, deps: OpenIoDeps) => Promise<ProcessIo>;
