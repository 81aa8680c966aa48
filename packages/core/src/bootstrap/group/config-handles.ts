import { closeSync, constants, fstatSync, mkdirSync, openSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import type { Libc } from "../../native/libc.ts";
import type { ConfigRevision } from "../config/config-revision.ts";
import { daemonFiles } from "./paths.ts";

/** Name of the link to the first file of the configuration. Drop-ins keep their names, which end in `.toml`. */
const mainName = "main";

/**
 * Writes to the directory of a daemon what a shell can compare the files of the configuration with. Each file NAME has
 * two entries. `NAME` is a link to the descriptor by which this process holds the file open: a file that replaces it is
 * not the same (`-ef`), and no later file can have its inode. `NAME.time` is an empty file with the modification time
 * of the revision: after an edit in place the times differ (`-nt`, `-ot`), whatever the clock says. A file that has
 * changed since the revision gets no link, so it differs as well.
 */
export function holdConfig(daemonDir: string, { path: main, files }: ConfigRevision, libc: Libc): void {
  const directory = join(daemonDir, daemonFiles.config);
  mkdirSync(directory, { mode: 0o700 });
  for (const { path, identity } of files) {
    const fd = identity && openSame(path, identity);
    if (fd === undefined || identity === undefined) continue;
    const link = join(directory, path === main ? mainName : basename(path));
    const time = openSync(`${link}.time`, "wx", 0o600);
    libc.setModificationTime(time, identity.mtimeNs);
    closeSync(time);
    symlinkSync(`/proc/${process.pid}/fd/${fd}`, link);
  }
}

/** Opens a file for the life of the process. Undefined: it is no longer the file that the revision contains. */
function openSame(path: string, identity: { readonly dev: bigint; readonly ino: bigint }): number | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { dev, ino } = fstatSync(fd, { bigint: true });
    if (dev === identity.dev && ino === identity.ino) return fd;
    closeSync(fd);
  } catch {
    // deleted meanwhile
  }
  return undefined;
}
