import type { StdioPaths } from "../../io/process-io.ts";
import type { Mount } from "../../mount/mount.ts";
import type { RuntimeOptions } from "../../runtime/options.ts";
import type { CheckpointRequest } from "../../runtime/runtime.ts";
import type { OciProcess, OciSpec } from "../../spec/bundle.ts";
import { setEntry, type Table } from "../../spec/table.ts";
import type { Stage } from "./stages.ts";

/** What a container is in CRI: a pod's sandbox, a container in a pod, or neither. */
export type ContainerKind = "sandbox" | "container" | "standalone";

/** The container as hooks see it. */
export interface HookContainer {
  readonly id: string;
  /** Namespace of containerd: `default`, `moby`, `k8s.io`. */
  readonly namespace: string;
  /** Absolute path of the OCI bundle; in `postDelete` it may be gone. */
  readonly bundle: string;
  /** Name of the runtime adapter: `runc`. */
  readonly runtime: string;
  /** The OCI annotations. Clients choose them, so a key may be any text. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly kind: ContainerKind;
  /** Id of the pod's sandbox, as CRI names it. */
  readonly sandboxId?: string;
  readonly pod?: { readonly name: string; readonly namespace: string; readonly uid: string };
  /** The image that CRI was asked for. Clients choose the name, and nothing has verified it. */
  readonly image?: string;
}

/**
 * The containerd namespace of all CRI containers. In it CRI sets the annotations that name a pod itself, after the
 * pod's own annotations that it passes on. In other namespaces any client can choose them.
 * @see https://github.com/containerd/containerd/blob/main/internal/cri/constants/constants.go K8sContainerdNamespace
 * @see https://github.com/containerd/containerd/blob/main/internal/cri/server/container_create.go DefaultCRIAnnotations
 */
const criNamespace = "k8s.io";

const cri = "io.kubernetes.cri.";

/**
 * Returns what CRI's annotations say about a container's place in a pod. Outside of CRI's namespace they are ignored.
 * @see https://github.com/containerd/containerd/blob/main/internal/cri/annotations/annotations.go
 */
export function podFields(
  namespace: string,
  annotations: Readonly<Record<string, string>>,
): Pick<HookContainer, "kind" | "sandboxId" | "pod" | "image"> {
  if (namespace !== criNamespace) return { kind: "standalone" };
  const annotation = (key: string): string =>
    Object.hasOwn(annotations, cri + key) ? String(annotations[cri + key]) : "";
  const type = annotation("container-type");
  const sandboxId = annotation("sandbox-id");
  const pod = {
    name: annotation("sandbox-name"),
    namespace: annotation("sandbox-namespace"),
    uid: annotation("sandbox-uid"),
  };
  return {
    kind: type === "sandbox" || type === "container" ? type : "standalone",
    ...(sandboxId === "" ? {} : { sandboxId }),
    ...(pod.name === "" ? {} : { pod }),
    ...(annotation("image-name") === "" ? {} : { image: annotation("image-name") }),
  };
}

/** The exit of a process. */
export interface HookExit {
  readonly pid: number;
  /** 0–255; 128 + signal number for a process that a signal killed. */
  readonly exitStatus: number;
  /** RFC 3339. */
  readonly exitedAt: string;
}

interface Pid {
  readonly pid: number;
}

interface Exec {
  readonly execId: string;
}

interface Resources {
  readonly resources: object;
}

interface Checkpoint {
  readonly checkpoint: CheckpointRequest;
}

interface Kill {
  /** Empty: the init process. */
  readonly execId: string;
  /** Signal number, 1–64, or 0 to probe. */
  readonly signal: number;
  readonly all: boolean;
}

interface Streams {
  /** Where the client wants the streams. `binary://…` names a program that runs on the host. */
  readonly stdio: StdioPaths;
}

/** What a Create request holds in addition to the configuration. */
interface Creation extends Streams {
  /** Mounts that make up the root file system. Empty: it is already in place. */
  readonly rootfs: readonly Mount[];
  /** Options of the runtime, such as its program. */
  readonly options: RuntimeOptions;
  /**
   * Absolute path of the checkpoint to restore; empty: a new container. Restored processes have the rights that they
   * had, whatever `spec` says about the process.
   */
  readonly restoreFrom: string;
}

/** The fields of an event in addition to the container, by stage. A stage that is not listed has none. */
export interface StageFields {
  readonly preCreate: Creation & { readonly spec: OciSpec };
  readonly postCreate: Pid;
  /** `spec`: the configuration that the container was created from. */
  readonly preStart: Pid & { readonly spec: OciSpec };
  readonly postStart: Pid;
  readonly preExec: Exec & Streams & { readonly process: OciProcess };
  readonly postExec: Exec;
  readonly preExecStart: Exec & { readonly process: OciProcess };
  readonly postExecStart: Exec & Pid;
  /** `resources`: the OCI `linux.resources` of the request. */
  readonly preUpdate: Resources;
  readonly postUpdate: Resources;
  /** `checkpoint`: path and options. */
  readonly preCheckpoint: Checkpoint;
  readonly postCheckpoint: Checkpoint;
  readonly preKill: Kill;
  readonly postKill: Kill;
  readonly preStop: Pid & { readonly signal: number };
  readonly postStop: { readonly exit: HookExit };
  /** Undefined: the process never ran. */
  readonly preDelete: { readonly exit: HookExit | undefined };
  readonly postDelete: { readonly exit: HookExit | undefined };
  readonly exit: Exec & { readonly exit: HookExit };
  /** `cause`: the error that the client got. */
  readonly rollback: { readonly cause: string };
  /** `pid`: the daemon's. */
  readonly shimStart: Pid;
  readonly shimStop: Pid;
}

/** The event that a hook gets. Plain data, deeply frozen: a hook reads it and cannot change it. */
export type HookEvent<S extends Stage = Stage> = {
  readonly stage: S;
  /** Sorts by time. Hooks run at least once: if they are repeated after a crash, the event has the same id again. */
  readonly eventId: string;
  /** When the stage was reached, RFC 3339. */
  readonly time: string;
  /** Whether `delete` runs the hooks for a daemon that died, perhaps while it ran them. */
  readonly replay: boolean;
} & (S extends "shimStart" | "shimStop" ? unknown : { readonly container: HookContainer }) &
  (S extends keyof StageFields ? StageFields[S] : unknown);

/** An event as the Task API passes it to the chain, which adds the other fields. */
export interface HookSubject {
  /** Absent if the daemon itself is the subject. */
  readonly container?: HookContainer;
  readonly [field: string]: unknown;
}

/** Returns the event: a frozen copy of `subject`, with dates as RFC 3339. */
export function toHookEvent(
  stage: Stage,
  subject: HookSubject,
  { eventId, replay }: { readonly eventId: string; readonly replay: boolean },
): HookEvent {
  const time = new Date().toISOString();
  return Object.freeze({
    ...(frozenCopy(subject) as HookSubject),
    stage,
    eventId,
    time,
    replay,
  }) as unknown as HookEvent;
}

/**
 * Returns a deeply frozen copy of plain data, with dates as RFC 3339. Clients choose the keys: `__proto__` stays an
 * ordinary key.
 */
export function frozenCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  const copy: Table = {};
  for (const key of Object.keys(value)) {
    const entry = frozenCopy((value as Table)[key]);
    // Assignment is twice as fast, but to a key that every object inherits it may call a setter and add nothing.
    if (key in copy) setEntry(copy, key, entry);
    else copy[key] = entry;
  }
  return Object.freeze(copy);
}
