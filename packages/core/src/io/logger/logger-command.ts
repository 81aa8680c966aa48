import { toHostFile } from "../uri/stdio-uri.ts";
import type { LoggerUri } from "../uri/stream-uri.ts";

/** A logging binary, as the URI of stdout names it. */
export interface LoggerCommand {
  /** Absolute path. */
  readonly path: string;
  /** Arguments without the program's name. */
  readonly args: readonly string[];
  /** `binary-v2`: the logger is ready when it has written a byte. Otherwise closing the descriptor is enough. */
  readonly needsReadyByte: boolean;
}

/**
 * Parses `binary://PATH?key=value…`. Each key becomes an argument, and its first value the next argument, in the URI's
 * order (that of containerd's shim is random).
 * @throws {StatusError} InvalidArgument – a malformed URI.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/pkg/process/io_util.go (NewBinaryCmd)
 */
export function parseLoggerCommand(uri: LoggerUri): LoggerCommand {
  const { path, parameters } = toHostFile(uri);
  const firsts = new Map(parameters.toReversed());
  const keys = new Set(parameters.map(([key]) => key));
  return {
    path,
    args: [...keys].flatMap((key) => [key, firsts.get(key) ?? ""]),
    needsReadyByte: uri.needsReadyByte,
  };
}
