import type { Cgroup } from "../../cgroups/cgroup.ts";
import type { Adjustment } from "../../hooks/adjustment/adjustment.ts";
import type { ContainerRef, Created, RestoreRequest } from "../../runtime/runtime.ts";
import type { HooksRecord } from "./journal.ts";
import { newProcess, type ProcessRecord } from "./process-record.ts";

/**
 * What the daemon knows of one container, as plain data: all that another process needs to continue in its place, apart
 * from live handles (`ContainerHandles`). `formatExactJson` and `parseExactJson` convert it to text and back. Only
 * `Container` and `Process` make a new version of it, with one method for each fact.
 */
export interface ContainerRecord extends OwnRecord {
  readonly init: ProcessRecord;
  /** The execs that no client has deleted, the oldest first. */
  readonly execs: readonly ProcessRecord[];
}

/** The part of the record that is not of one process. */
export interface OwnRecord {
  readonly ref: ContainerRef;
  /** The runtime's name in the configuration. */
  readonly runtimeName: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** True: the kernel kills every process of the container when its init exits. */
  readonly privatePidNamespace: boolean;
  /** The image that Create names. Init is in `createdCheckpoint` until Start has restored it. */
  readonly restoreFrom?: Pick<RestoreRequest, "imagePath" | "parentPath"> | undefined;
  /** What hooks tightened at create. It applies to execs and updates as well. */
  readonly hardening?: readonly Adjustment[] | undefined;
  /** As `poststopLimitMs`: the runtime's delete may take this much longer. */
  readonly poststopMs: number | "unlimited";
  /** Undefined: no cgroup of its own was found. */
  readonly cgroup?: Cgroup | undefined;
  readonly sandbox?: Created["sandbox"];
  /** Number of OOM kills that were reported. */
  readonly oomKills: number;
  /** What Stats last answered, or what was read when init exited. `value` is base64. */
  readonly lastMetrics?: { readonly typeUrl: string; readonly value: string } | undefined;
  /** Where the last checkpoint is; undefined if there was none, or it failed. */
  readonly checkpointPath?: string | undefined;
  /** Hooks of `preStop` have been called. */
  readonly stopAnnounced: boolean;
  /** The runtime has forgotten the container: no command finds it any more. */
  readonly isForgotten: boolean;
  /** The stages of the end whose hooks have started. */
  readonly hooks?: HooksRecord | undefined;
}

type Given = Pick<OwnRecord, "ref" | "runtimeName" | "annotations" | "privatePidNamespace" | "restoreFrom"> &
  Pick<ProcessRecord, "paths">;

/** Returns the record of a container that the runtime has not created yet. */
export function newContainer({ paths, ...fields }: Given): ContainerRecord {
  const state = fields.restoreFrom === undefined ? "created" : "createdCheckpoint";
  const init = newProcess({ execId: "", paths, state });
  return { ...fields, poststopMs: 0, oomKills: 0, stopAnnounced: false, isForgotten: false, init, execs: [] };
}
