import { closeSync, constants, fstatSync, mkdirSync, openSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import type { Libc } from "../../native/libc.ts";
import type { ConfigRevision } from "../config/config-revision.ts";
import { daemonFiles } from "./paths.ts";

/** What the first file of the configuration is called there; drop-ins keep their names, which end in `.toml`. */
const mainName = "main";

/**
 * Leaves in the directory of a daemon what a shell can compare the files of the configuration with. For each file NAME it has
 * `NAME`, a link to the descriptor by which this process holds the file open: another file in its place is not the same (`-ef`), and
 * no later file can have its inode. `NAME.time` is an empty file with the modification time of the revision: an edit in place
 * makes them differ (`-nt`, `-ot`), whatever the clock says. What has changed since the revision gets no link, so it differs as well.
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

/** Opens a file, for the life of the process; undefined: it is no longer the one that was seen. */
function openSame(path: string, identity: { readonly dev: bigint; readonly ino: bigint }): number | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { dev, ino } = fstatSync(fd, { bigint: true });
    if (dev === identity.dev && ino === identity.ino) return fd;
    closeSync(fd);
  } catch {
    // gone meanwhile
  }
  return undefined;
}
