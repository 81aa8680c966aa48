/** One line of /proc/PID/mountinfo. @see https://docs.kernel.org/filesystems/proc.html section 3.5 */
export interface MountinfoEntry {
  readonly mountId: number;
  /** Major and minor number of the device, as "0:38". */
  readonly device: string;
  /** Absolute path, as the reader sees it. */
  readonly mountPoint: string;
  /** File system type, for example "cgroup2" or "fuse.sshfs". */
  readonly type: string;
}

/** Parses mountinfo; entries come in the order in which they were mounted, as far as the kernel keeps it. Malformed lines are skipped. */
export function parseMountinfo(text: string): MountinfoEntry[] {
  return text.split("\n").flatMap(parseLine);
}

function parseLine(line: string): MountinfoEntry[] {
  // id parent major:minor root mountpoint options [optional fields …] - type source super-options
  const fields = line.split(" ");
  const separator = fields.indexOf("-", 6);
  const [mountId, , device, , mountPoint] = fields;
  const type = fields[separator + 1];
  if (separator < 0 || device === undefined || mountPoint === undefined || type === undefined) return [];
  return [{ mountId: Number(mountId), device, mountPoint: decodeOctal(mountPoint), type: decodeOctal(type) }];
}

/** Space, tab, newline, backslash and hash are escaped as three octal digits of a byte. */
function decodeOctal(field: string): string {
  if (!field.includes("\\")) return field;
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
