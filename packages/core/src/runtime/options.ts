/**
 * Options of a container, decoded from the Any of its Create request.
 * Holds the fields of `containerd.runc.v1.Options` and of `runtimeoptions.v1.Options`; plain data, so that it can be journaled as JSON.
 * Not `task_api_address` and `task_api_version`: with these containerd connects elsewhere, and asks no shim.
 * @see https://github.com/containerd/containerd/blob/main/api/types/runc/options/oci.proto
 * @see https://github.com/containerd/containerd/blob/main/api/types/runtimeoptions/v1/api.proto
 */
export interface RuntimeOptions {
  /** Name or path of the OCI runtime's binary; empty: the adapter's default. */
  readonly binaryName: string;
  /** State root of the runtime; empty: the adapter's default. The namespace is appended to it. */
  readonly root: string;
  readonly systemdCgroup: boolean;
  readonly noPivotRoot: boolean;
  readonly noNewKeyring: boolean;
  /** Existing cgroup into which the shim itself is put; empty: none. */
  readonly shimCgroup: string;
  /** Owner of the container's ends of the stdio pipes. */
  readonly ioUid: number;
  readonly ioGid: number;
  /** The criu program of checkpoints and restores, by its whole path; empty: the one in PATH. Of containerd 1.6 only. */
  readonly criuPath: string;
  /** The checkpoint to restore from, where the request names none; empty: none. */
  readonly criuImagePath: string;
  /** Directory for what criu logs while it restores; empty: one of the shim's own. */
  readonly criuWorkPath: string;
  /** `runtimeoptions.v1.Options`: type of the options in `configPath` or `configBody`. */
  readonly typeUrl: string;
  readonly configPath: string;
  /** Text of the configuration (TOML from CRI); empty: none. */
  readonly configBody: string;
  /** What the runtime's `toOptions` has made of keys of its own. */
  readonly own: Readonly<Record<string, unknown>>;
}

export const defaultOptions: RuntimeOptions = {
  binaryName: "",
  root: "",
  systemdCgroup: false,
  noPivotRoot: false,
  noNewKeyring: false,
  shimCgroup: "",
  ioUid: 0,
  ioGid: 0,
  criuPath: "",
  criuImagePath: "",
  criuWorkPath: "",
  typeUrl: "",
  configPath: "",
  configBody: "",
  own: {},
};
