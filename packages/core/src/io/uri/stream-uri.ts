import type { StatusError } from "@dunnage/ttrpc";
import { unimplemented } from "../../errors/errors.ts";
import type { StdioUri } from "./stdio-uri.ts";

/**
 * What a stdio field of a request names: nothing, a FIFO or another path, a file that may have to be created, a logging
 * binary. `unknown`: a scheme that is not supported.
 */
export type StreamKind =
  | { readonly kind: "none" | "fifo" | "file" | "unknown" }
  | { readonly kind: "logger"; readonly needsReadyByte: boolean };

/**
 * A stdio field of a request, parsed. Escapes in its path are decoded by the code that opens the stream, because a
 * field that is ignored may be malformed.
 */
export type StreamUri = StreamKind & StdioField;

/** The URI of a logging binary. `needsReadyByte`: the logger is ready when it has written a byte. */
export type LoggerUri = Extract<StreamKind, { kind: "logger" }> & StdioField;

/** The fields for output. */
export interface OutputUris {
  readonly stdout: StreamUri;
  readonly stderr: StreamUri;
}

interface StdioField extends StdioUri {
  /** As the client wrote it. */
  readonly text: string;
}

/** Returns Unimplemented, with the text of containerd's shim. */
export const unknownScheme = ({ scheme, text }: StdioField): StatusError =>
  unimplemented(`unknown STDIO scheme ${scheme} in ${text}`);
