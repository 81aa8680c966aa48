import { unimplemented } from "../errors/errors.ts";

/** What a stdio field of a request says: a scheme and the path behind it. */
export interface StdioUri {
  /** `fifo` for a plain path, as in containerd. */
  readonly scheme: string;
  readonly path: string;
}

/**
 * Reads a stdio field: a plain path, or `scheme://path`. A path may hold any character, so nothing is decoded in it.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/pkg/process/io.go (createIO)
 */
export function parseStdioUri(text: string): StdioUri {
  const [, scheme, path] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  if (scheme === undefined || path === undefined) return { scheme: "fifo", path: text };
  return { scheme: scheme.toLowerCase(), path };
}

/**
 * Returns the path of a field that may only be a path, plain or `fifo://`; empty for an empty field.
 * @throws {StatusError} Unimplemented – another scheme.
 */
export function parseFifoPath(text: string): string {
  const { scheme, path } = parseStdioUri(text);
  if (scheme !== "fifo") throw unknownScheme(text);
  return path;
}

/** Unimplemented, with the words of containerd's shim. */
export const unknownScheme = (text: string): Error =>
  unimplemented(`unknown STDIO scheme ${parseStdioUri(text).scheme} in ${text}`);
