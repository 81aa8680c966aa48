import * as v from "valibot";
import { flagsSchema, type RunscFlags, unknownKey } from "./flags.ts";

const entries = {
  platform: v.optional(v.picklist(["systrap", "ptrace", "kvm"], 'must be "systrap", "ptrace" or "kvm"')),
  network: v.optional(v.picklist(["sandbox", "host", "none"], 'must be "sandbox", "host" or "none"')),
  runsc_config: v.optional(flagsSchema),
};

/** Schema of `[runtimes.runsc.config]`; its output is flags. For omitted keys runsc's own defaults apply. */
export const runscConfigSchema: v.GenericSchema<unknown, RunscFlags> = v.pipe(
  v.strictObject(entries, unknownKey(Object.keys(entries))),
  v.transform(({ platform, network, runsc_config: flags }) => ({
    ...(platform && { platform }),
    ...(network && { network }),
    ...flags,
  })),
);
