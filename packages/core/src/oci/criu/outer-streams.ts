import { fstatSync, readFileSync, readlinkSync, statSync } from "node:fs";
import type { ProcessStdio } from "../../io/process-io.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { parseMountinfo } from "../../native/mountinfo.ts";

/** A stream of an init process that is a FIFO of the host: its path means nothing in the container. */
export interface OuterStream {
  /** 0, 1 or 2. */
  readonly fd: number;
  /** CRIU's name of the file: `file[mount id:inode]`, both in hex. */
  readonly key: string;
  /** Permissions of the file, which CRIU compares. */
  readonly mode: number;
}

/**
 * Returns the streams of a process that are FIFOs outside of its mount namespace. CRIU does not dump them unless they
 * are named in its configuration. Pipes need no entry: the runtimes handle them.
 * @see https://github.com/checkpoint-restore/criu/blob/criu-dev/Documentation/criu.txt --external file, --inherit-fd
 */
export function findOuterStreams(pid: number): readonly OuterStream[] {
  const inner = new Set(readMountIds(pid));
  return [0, 1, 2].flatMap((fd) => {
    const path = `/proc/${pid}/fd/${fd}`;
    try {
      const stat = statSync(path, { bigint: true });
      const mountId = readMountId(pid, fd);
      if (!stat.isFIFO() || !readlinkSync(path).startsWith("/") || inner.has(mountId)) return [];
      return [{ fd, key: `file[${mountId.toString(16)}:${stat.ino.toString(16)}]`, mode: Number(stat.mode & 0o7777n) }];
    } catch (error) {
      if (hasErrorCode(error, "ENOENT", "ESRCH")) return []; // closed
      throw error;
    }
  });
}

/** Lines of CRIU's configuration for a dump. */
export function toDumpConfig(streams: readonly OuterStream[]): readonly string[] {
  return [...new Set(streams.map(({ key }) => `external ${key}`))];
}

/** Lines of CRIU's configuration for a restore that replaces those streams with `stdio`. */
export function toRestoreConfig(streams: readonly OuterStream[], stdio: ProcessStdio): readonly string[] {
  const fds = [stdio.stdin, stdio.stdout, stdio.stderr];
  const first = new Map(streams.toReversed().map((stream) => [stream.key, stream]));
  const lines = [...first.values()].map(({ fd, key }) => `inherit-fd fd[${fd}]:${key}`);
  const differs = streams.some(({ fd, mode }) => (fstatSync(fds[fd] ?? -1).mode & 0o7777) !== mode);
  return differs ? [...lines, "skip-file-rwx-check"] : lines;
}

function readMountIds(pid: number): number[] {
  return parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`, "utf8")).map(({ mountId }) => mountId);
}

/** @see proc_pid_fdinfo(5) */
function readMountId(pid: number, fd: number): number {
  const text = readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8");
  return Number(/^mnt_id:\s*(\d+)/m.exec(text)?.[1] ?? 0);
}
