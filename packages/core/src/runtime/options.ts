/**
 * Options of a container, decoded from the Any of its Create request. Holds the fields of `containerd.runc.v1.Options`
 * and of `runtimeoptions.v1.Options`. Plain data, so that it can be journaled as JSON. `task_api_address` and
 * `task_api_version` are omitted: with these containerd connects elsewhere and uses no shim.
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
  /** Existing cgroup into which the shim itself is moved; empty: none. */
  readonly shimCgroup: string;
  /** Owner of the container's ends of the stdio pipes. */
  readonly ioUid: number;
  readonly ioGid: number;
  /**
   * Absolute path of the criu program for checkpoints and restores; empty: the one in PATH. Only containerd 1.6 has it.
   */
  readonly criuPath: string;
  /** The checkpoint to restore from if the request names none; empty: none. */
  readonly criuImagePath: string;
  /** Directory for criu's logs of a restore; empty: a directory of the shim's own. */
  readonly criuWorkPath: string;
  /** `runtimeoptions.v1.Options`: type of the options in `configPath` or `configBody`. */
  readonly typeUrl: string;
  readonly configPath: string;
  /** Text of the configuration (TOML from CRI); empty: none. */
  readonly configBody: string;
  /** The runtime's own keys, as converted by its `toOptions`. */
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
