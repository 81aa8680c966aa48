import { readFileSync, readlinkSync, statSync } from "node:fs";

/** An entry of `linux.namespaces`. */
export interface Namespace {
  readonly type?: unknown;
  readonly path?: unknown;
}

/** File names below /proc/PID/ns, by OCI's names. */
const files: Readonly<Record<string, string>> = {
  cgroup: "cgroup",
  ipc: "ipc",
  mount: "mnt",
  network: "net",
  pid: "pid",
  time: "time",
  user: "user",
  uts: "uts",
};

/**
 * Whether a container would share the host's namespace of this OCI type. It does if there is no entry for the type, or
 * if the path of an entry leads to the namespace of the daemon, which runtimes inherit, or to that of process 1, if the
 * daemon may read it. Namespaces are compared by inode. A path that cannot be identified counts as the host's. Only
 * files of /proc and mount points of namespaces are looked at: any other path that a client names may be on a file
 * system that does not answer.
 */
export function isHostNamespace(namespaces: readonly Namespace[], type: string): boolean {
  const entries = namespaces.filter((each) => each.type === type);
  if (entries.length === 0) return true;
  const paths = entries.map(({ path }) => path).filter((path) => path !== undefined && path !== "");
  if (paths.length === 0) return false;
  const [own, first] = ["self", "1"].map((pid) => inodeOfProcess(`/proc/${pid}/ns/${files[type] ?? type}`));
  return paths.some((path) => {
    const inode = typeof path === "string" ? identify(path) : undefined;
    return inode === undefined || own === undefined || inode === own || inode === first;
  });
}

/** Returns the inode of the namespace that a path leads to; undefined if it is unknown. */
function identify(path: string): string | undefined {
  if (/^\/proc\/(self|thread-self|\d+)(\/task\/\d+)?\/ns\/[a-z_]+$/.test(path)) return inodeOfFile(path);
  if (path.split("/").some((step) => step === "." || step === "..")) return undefined;
  return inodeOfMount(path.replace(/^\/var\/run\//, "/run/"));
}

/** Returns the inode from the text of the link: `net:[4026531840]`. */
function inodeOfProcess(path: string): string | undefined {
  try {
    return namespaceInode(readlinkSync(path));
  } catch {
    return undefined;
  }
}

function inodeOfFile(path: string): string | undefined {
  try {
    return String(statSync(path).ino);
  } catch {
    return undefined;
  }
}

/**
 * Returns the inode of the namespace that is mounted at `path`, if every mount there is of the same one.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
 */
function inodeOfMount(path: string): string | undefined {
  const roots = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter((fields) => unescapeOctal(fields[4] ?? "") === path)
    .map((fields) => (fields[fields.indexOf("-") + 1] === "nsfs" ? namespaceInode(fields[3] ?? "") : undefined));
  return roots.every((inode) => inode === roots[0]) ? roots[0] : undefined;
}

/** Undoes the escapes of mountinfo, which writes blanks and backslashes as three octal digits. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

const namespaceInode = (text: string): string | undefined => /^\w+:\[(\d+)\]$/.exec(text)?.[1];
