import type { RuntimeOptions } from "@dunnage/core";
import { Code, StatusError } from "@dunnage/core";
import * as v from "valibot";
import { flagsSchema, type RunscFlags, unknownKey } from "./flags.ts";

const entries = {
  binary_name: v.optional(v.string("must be a text")),
  root: v.optional(v.string("must be a text")),
  shim_cgroup: v.optional(v.string("must be a text")),
  io_uid: v.optional(v.number("must be a number")),
  io_gid: v.optional(v.number("must be a number")),
  // Accepted, but unused: this shim logs to containerd, whose level applies.
  log_path: v.optional(v.string("must be a text")),
  log_level: v.optional(v.string("must be a text")),
  // Accepted, but unused: the configuration decides how containers share a daemon.
  grouping: v.optional(v.boolean("must be true or false")),
  runsc_config: v.optional(flagsSchema),
};
const schema = v.strictObject(entries, unknownKey(Object.keys(entries)));

/**
 * Converts the file that gVisor's own shim reads, `/etc/containerd/runsc.toml`, to options.
 * @throws {StatusError} InvalidArgument – an unknown key or a wrong value; the message names the key.
 * @see https://github.com/google/gvisor/blob/master/pkg/shim/v1/runsc/options.go
 */
export function readRunscToml(table: Readonly<Record<string, unknown>>, where: string): Partial<RuntimeOptions> {
  const result = v.safeParse(schema, table);
  if (!result.success) {
    const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? ""} ${issue.message}`);
    throw new StatusError(Code.InvalidArgument, `${where}: ${problems.join("; ")}`);
  }
  const { binary_name, root, shim_cgroup, io_uid, io_gid, runsc_config } = result.output;
  return {
    ...(binary_name && { binaryName: binary_name }),
    ...(root && { root }),
    ...(shim_cgroup && { shimCgroup: shim_cgroup }),
    ...(io_uid && { ioUid: io_uid }),
    ...(io_gid && { ioGid: io_gid }),
    ...(runsc_config && { own: runsc_config }),
  };
}

/** Returns the flags that `readRunscToml` put into a container's options. */
export const flagsOf = (options: RuntimeOptions): RunscFlags => options.own as RunscFlags;
