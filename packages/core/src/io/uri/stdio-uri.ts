import type { StatusError } from "@dunnage/ttrpc";
import { invalidArgument } from "../../errors/errors.ts";

/** A stdio field of a request: a scheme and what follows it. */
export interface StdioUri {
  /** `fifo` for a plain path, as in containerd. */
  readonly scheme: string;
  /** As written in the field, nothing decoded: the plain path, or everything after `scheme:` or `scheme://`. */
  readonly path: string;
}

/** A file of the host that a `file:` or `binary:` URI names. */
export interface HostFile {
  /** Absolute, decoded. */
  readonly path: string;
  /** The query, decoded, in the URI's order. A key without a value has an empty one. */
  readonly parameters: readonly (readonly [key: string, value: string])[];
}

/**
 * Parses a stdio field: a plain path, `scheme:/path` or `scheme://path`. A plain path may contain any character.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/pkg/process/io.go (createIO)
 */
export function parseStdioUri(text: string): StdioUri {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):(\/.*)$/is.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) return { scheme: "fifo", path: text };
  return { scheme: scheme.toLowerCase(), path: rest.startsWith("//") ? rest.slice(2) : rest };
}

/**
 * Parses a URI with the absolute path of a file on this host, and a query. A fragment is dropped.
 * @throws {StatusError} InvalidArgument – another host, no absolute path, or text that cannot be decoded.
 * @see https://www.rfc-editor.org/rfc/rfc3986
 * @see https://url.spec.whatwg.org/#application/x-www-form-urlencoded – the query, as containerd's clients write it
 */
export function parseHostFile(text: string): HostFile {
  return toHostFile({ ...parseStdioUri(text), text });
}

/** As `parseHostFile`, for a field that is already parsed. */
export function toHostFile({ path: rest, text }: { readonly path: string; readonly text: string }): HostFile {
  const [hierarchy = ""] = rest.split(/[?#]/, 1);
  const path = decode(hierarchy.replace(/^localhost\//, "/"), text);
  if (!path.startsWith("/")) throw malformed(text, "no absolute path, as in file:///path");
  const query = /^[^#?]*\?([^#]*)/.exec(rest)?.[1] ?? "";
  return { path, parameters: query.split("&").filter(Boolean).map(toParameter(text)) };
}

const toParameter =
  (uri: string) =>
  (pair: string): readonly [string, string] => {
    const [key = "", ...values] = pair.replaceAll("+", " ").split("=");
    return [decode(key, uri), decode(values.join("="), uri)];
  };

/** Decodes percent-encoding. A NUL byte is refused: it ends a string in the kernel, and what follows would be lost. */
function decode(text: string, uri: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw malformed(uri, "percent-encoding that is no UTF-8");
  }
  if (decoded.includes("\0")) throw malformed(uri, "a NUL byte");
  return decoded;
}

const malformed = (uri: string, why: string): StatusError => invalidArgument(`malformed stdio URI ${uri}: ${why}`);
