/** One line of /proc/PID/mountinfo. @see https://docs.kernel.org/filesystems/proc.html section 3.5 */
export interface MountinfoEntry {
  readonly mountId: number;
  /** Id of the mount on which this one lies. If the reader does not see that mount, no line has its id. */
  readonly parentId: number;
  /** `major:minor` of the file system, the same for all its mounts. */
  readonly device: string;
  /** Path inside the file system that is visible at `mountPoint`: `/etc` for a bind mount of it. */
  readonly root: string;
  /** Absolute path, as the reader sees it. */
  readonly mountPoint: string;
  /** File system type, for example "cgroup2" or "fuse.sshfs". */
  readonly type: string;
}

/**
 * Parses mountinfo. Entries are in the order of mounting, as far as the kernel keeps it. Malformed lines are skipped.
 */
export function parseMountinfo(text: string): MountinfoEntry[] {
  return text.split("\n").flatMap(parseLine);
}

function parseLine(line: string): MountinfoEntry[] {
  // id parent major:minor root mountpoint options [optional fields …] - type source super-options
  const fields = line.split(" ");
  const separator = fields.indexOf("-", 6);
  const [mountId, parentId, device = "", root = "", mountPoint] = fields;
  const type = fields[separator + 1];
  if (separator < 0 || mountPoint === undefined || type === undefined) return [];
  const ids = { mountId: Number(mountId), parentId: Number(parentId), device };
  return [{ ...ids, root: decodeOctal(root), mountPoint: decodeOctal(mountPoint), type: decodeOctal(type) }];
}

/** Space, tab, newline, backslash and hash are escaped as three octal digits of a byte. */
function decodeOctal(field: string): string {
  if (!field.includes("\\")) return field;
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
