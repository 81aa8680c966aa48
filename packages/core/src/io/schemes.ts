import type { OutputTarget } from "./copy/output-target.ts";
import { openLoggerOutputs, openLoggerTarget } from "./logger/logger-outputs.ts";
import type { OpenIoOptions } from "./open-io-options.ts";
import { openPathOutputs, openPathTarget } from "./path/path-outputs.ts";
import type { OpenIoDeps, Outputs } from "./stream.ts";
import { parseStdioUri } from "./uri/stdio-uri.ts";
import { type OutputUris, type StreamKind, type StreamUri, unknownScheme } from "./uri/stream-uri.ts";

/** What a scheme means. */
export interface Scheme {
  readonly names: StreamKind;
  /**
   * Opens stdout and stderr of a process without a terminal. The scheme of stdout decides for stderr as well; the
   * scheme of stderr decides if there is no stdout.
   */
  readonly openOutputs: (uris: OutputUris, options: OpenIoOptions, deps: OpenIoDeps) => Promise<Outputs>;
  /** Opens the target of a terminal's output. */
  readonly openTarget: (stdout: StreamUri, options: OpenIoOptions, deps: OpenIoDeps) => Promise<OutputTarget>;
}

const paths = { openOutputs: openPathOutputs, openTarget: openPathTarget };
const loggers = { openOutputs: openLoggerOutputs, openTarget: openLoggerTarget };

/** The schemes of stdio fields. A new scheme is a row here, and a file that opens its outputs. */
const schemes: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ["fifo", { names: { kind: "fifo" }, ...paths }],
  ["file", { names: { kind: "file" }, ...paths }],
  ["binary", { names: { kind: "logger", needsReadyByte: false }, ...loggers }],
  ["binary-v2", { names: { kind: "logger", needsReadyByte: true }, ...loggers }],
]);

/** Parses a stdio field of a request. Never throws: a field is refused when its stream is opened. */
export function parseStreamUri(text: string): StreamUri {
  const uri = parseStdioUri(text);
  const kind: StreamKind = text === "" ? { kind: "none" } : (schemes.get(uri.scheme)?.names ?? { kind: "unknown" });
  return { ...kind, ...uri, text };
}

/**
 * Returns the row of a URI's scheme. That of an empty field is `fifo`'s.
 * @throws {StatusError} Unimplemented – an unknown scheme.
 */
export function schemeOf(uri: StreamUri): Scheme {
  const scheme = schemes.get(uri.scheme);
  if (scheme === undefined) throw unknownScheme(uri);
  return scheme;
}
