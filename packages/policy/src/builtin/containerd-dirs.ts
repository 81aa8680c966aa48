import { readlinkSync } from "node:fs";

/** The directories of a containerd. */
export interface ContainerdDirs {
  /** Images, snapshots, and the data that CRI keeps of a pod: `/var/lib/containerd`. */
  readonly root: string;
  /** `/run/containerd` */
  readonly state: string;
}

/**
 * Returns the directories of the containerd that created a bundle, as the bundle's path and its `work` link show them.
 * If they do not, it returns those of a default installation.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/bundle.go
 */
export function containerdDirs(bundle: string): ContainerdDirs {
  return { root: above(readWork(bundle)) ?? "/var/lib/containerd", state: above(bundle) ?? "/run/containerd" };
}

const above = (path: string): string | undefined => /^(\/.+)\/io\.containerd\.runtime\.v2\.task\//.exec(path)?.[1];

/** Reads the `work` link. The bundle is containerd's own directory, not a path that a client names. */
function readWork(bundle: string): string {
  try {
    return readlinkSync(`${bundle}/work`);
  } catch {
    return "";
  }
}
