import { type StreamUri, unknownScheme } from "../uri/stream-uri.ts";
import { type OpenedPath, openPath } from "./open-path.ts";

/**
 * Opens the client's FIFO for stdin; undefined: the client has named none.
 * @throws {StatusError} as `openPath`; Unimplemented – the URI names something else than a path.
 */
export async function openStdin(
  uri: StreamUri,
  { openTimeoutMs: timeoutMs }: { readonly openTimeoutMs?: number | undefined },
): Promise<OpenedPath | undefined> {
  if (uri.kind !== "none" && uri.kind !== "fifo") throw unknownScheme(uri);
  const { path } = uri;
  return path === "" ? undefined : openPath({ stream: "stdin", path }, { timeoutMs });
}
