import type { PipeOwner } from "./stream.ts";

/**
 * The parts of an OCI configuration that decide about direct mode.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
export interface DirectSpec {
  readonly process?: { readonly selinuxLabel?: string | undefined } | undefined;
  readonly linux?:
    | {
        readonly namespaces?:
          | readonly { readonly type: string; readonly path?: string | undefined }[]
          | null
          | undefined;
      }
    | undefined;
}

/**
 * Whether an init process without a terminal may get the client's FIFOs themselves as its stdout and stderr.
 *
 * The process must have its own pid namespace: when init exits, the kernel kills everything in it. So no grandchild can
 * hold the FIFO open and keep the end of file from the client. In a user namespace, or with an io uid, /dev/stdout can
 * be reopened only if it is a pipe that was given to that user. An SELinux label denies a container access to the
 * host's files.
 *
 * If a path turns out not to be a FIFO, `openIo` copies to it.
 */
export function isDirectEligible(spec: DirectSpec, { ioUid, ioGid }: PipeOwner): boolean {
  if (ioUid !== 0 || ioGid !== 0) return false;
  if (spec.process?.selinuxLabel) return false;
  const namespaces = spec.linux?.namespaces ?? [];
  if (namespaces.some(({ type }) => type === "user")) return false;
  return namespaces.some(({ type, path }) => type === "pid" && !path);
}
