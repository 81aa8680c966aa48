import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../../native/libc-error.ts";
import { daemonFiles } from "./paths.ts";

/** What a daemon records before anything else, and never changes. */
export interface Born {
  /** Inode of the pid namespace in which its pid is valid. */
  readonly pidNamespace: number;
  /** `id` of the revision of its configuration. */
  readonly configId: string;
}

/** Returns two lines: pid namespace · revision of the configuration. */
export const encodeBorn = ({ pidNamespace, configId }: Born): string => `${pidNamespace}\n${configId}\n`;

/** Reads it from the directory of a daemon. Undefined: it does not exist yet, or no longer exists. */
export function readBorn(directory: string): Born | undefined {
  try {
    const [pidNamespace = "", configId = ""] = readFileSync(join(directory, daemonFiles.born), "utf8").split("\n");
    return { pidNamespace: Number(pidNamespace), configId };
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
