import { createHash } from "node:crypto";
import { type FileIdentity, identityText, readIdentity } from "../../hooks/loading/file-identity.ts";
import { configFiles } from "./config.ts";

/** The files of a configuration as they are at one moment. */
export interface ConfigRevision {
  /** Hash of path and identity of each file, 64 hex digits. Equal for two moments: no file has changed, appeared or gone. */
  readonly id: string;
  /** The file that the configuration begins with, whether it exists or not. */
  readonly path: string;
  /** Those that exist, in the order in which they count. */
  readonly files: readonly { readonly path: string; readonly identity: FileIdentity | undefined }[];
}

/** Looks at the files of the configuration that begins with `path`. To be called before they are read. */
export function readConfigRevision(path: string): ConfigRevision {
  const files = configFiles({ path }).map((file) => ({ path: file, identity: readIdentity(file) }));
  const lines = [path, ...files.map((file) => `${file.path}\0${identityText(file.identity)}`)];
  return { id: createHash("sha256").update(lines.join("\n")).digest("hex"), path, files };
}
