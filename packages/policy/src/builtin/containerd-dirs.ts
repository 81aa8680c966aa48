import { readlinkSync } from "node:fs";

/** Where a containerd keeps what is its own. */
export interface ContainerdDirs {
  /** Images, snapshots, and what CRI keeps of a pod: `/var/lib/containerd`. */
  readonly root: string;
  /** `/run/containerd` */
  readonly state: string;
}

/**
 * The directories of the containerd that has made a bundle, as the bundle shows them: its path, and its link `work`.
 * Those of a default installation where it does not.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/bundle.go
 */
export function containerdDirs(bundle: string): ContainerdDirs {
  return { root: above(readWork(bundle)) ?? "/var/lib/containerd", state: above(bundle) ?? "/run/containerd" };
}

const above = (path: string): string | undefined => /^(\/.+)\/io\.containerd\.runtime\.v2\.task\//.exec(path)?.[1];

/** The bundle is containerd's own directory: nothing that a client names. */
function readWork(bundle: string): string {
  try {
    return readlinkSync(`${bundle}/work`);
  } catch {
    return "";
  }
}
