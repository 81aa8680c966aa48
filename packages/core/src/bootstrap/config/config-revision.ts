import { createHash } from "node:crypto";
import { type FileIdentity, identityText, readIdentity } from "../../hooks/loader/file-identity.ts";
import { configFiles } from "./config.ts";

/** The state of a configuration's files at one moment. */
export interface ConfigRevision {
  /**
   * Hash of each file's path and identity, 64 hex digits. If it is unchanged, no file has changed, appeared or
   * disappeared.
   */
  readonly id: string;
  /** The first file of the configuration, whether it exists or not. */
  readonly path: string;
  /** The files that exist, in the order in which they are merged. */
  readonly files: readonly { readonly path: string; readonly identity: FileIdentity | undefined }[];
}

/** Returns the revision of the configuration whose first file is `path`. Must be called before the files are read. */
export function readConfigRevision(path: string): ConfigRevision {
  const files = configFiles({ path }).map((file) => ({ path: file, identity: readIdentity(file) }));
  const lines = [path, ...files.map((file) => `${file.path}\0${identityText(file.identity)}`)];
  return { id: createHash("sha256").update(lines.join("\n")).digest("hex"), path, files };
}
