/** A mount of a Create request. @see https://github.com/containerd/containerd/blob/main/api/types/mount.proto */
export interface Mount {
  /** File system type; "bind" for bind mounts. */
  readonly type: string;
  readonly source: string;
  /** Path below the rootfs, resolved inside it; empty: the rootfs itself. */
  readonly target: string;
  /** Flags ("ro", "rbind") and data of the file system ("lowerdir=…"). */
  readonly options: readonly string[];
}
