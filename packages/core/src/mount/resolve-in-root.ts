import { lstat, readlink } from "node:fs/promises";
import { join } from "node:path";
import { invalidArgument } from "../errors/errors.ts";

// Like the kernel's own limit for nested symbolic links, but generous.
const maxLinks = 255;

/**
 * Resolves `path` as a process whose root directory is `root` would: symbolic links and ".." cannot leave it.
 * Components that do not exist are kept as they are. Nothing may change below `root` meanwhile.
 * @see https://github.com/containerd/continuity/blob/main/fs/path.go RootPath
 */
export async function resolveInRoot(root: string, path: string): Promise<string> {
  const pending = path.split("/");
  const resolved: string[] = [];
  let links = 0;
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      resolved.pop();
      continue;
    }
    const link = await readLinkIfAny(join(root, ...resolved, name));
    if (link === undefined) {
      resolved.push(name);
      continue;
    }
    links += 1;
    if (links > maxLinks) throw invalidArgument(`too many symbolic links in ${path}`);
    if (link.startsWith("/")) resolved.length = 0;
    pending.unshift(...link.split("/"));
  }
  return join(root, ...resolved);
}

async function readLinkIfAny(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
