/** Returns containerd's name for the adapter `name`: `io.containerd.dunnage-runc.v1`. */
export const toRuntimeType = (name: string): string => `io.containerd.dunnage-${name}.v1`;

/**
 * Returns the name of the adapter's executable.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/README.md
 */
export const toLauncher = (name: string): string => `containerd-shim-dunnage-${name}-v1`;

/** Returns the handler by which CRI and Kubernetes name the adapter. */
export const toHandler = (name: string): string => `dunnage-${name}`;

/** Returns the name of the adapter in `io.containerd.dunnage-runc.v1`; undefined: the type is not one of ours. */
export function parseRuntimeType(type: unknown): string | undefined {
  return typeof type === "string" ? /^io\.containerd\.dunnage-([a-z0-9][a-z0-9-]*)\.v\d+$/.exec(type)?.[1] : undefined;
}
