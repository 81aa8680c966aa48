import type { OciProcess, OciSpec } from "../oci/bundle.ts";
import type { Stage } from "./stages.ts";

/** The container as hooks see it. */
export interface HookContainer {
  readonly id: string;
  /** Namespace of containerd: `default`, `moby`, `k8s.io`. */
  readonly namespace: string;
  /** Absolute path of the OCI bundle; in `postDelete` it may be gone. */
  readonly bundle: string;
  /** Name of the runtime adapter: `runc`. */
  readonly runtime: string;
  /** The OCI annotations; clients choose them, so keys may be anything. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The end of a process. */
export interface HookExit {
  readonly pid: number;
  /** 0–255; 128 + signal number for a process that a signal ended. */
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

interface Kill {
  /** Empty: the init process. */
  readonly execId: string;
  /** Signal number, 1–64, or 0 to probe. */
  readonly signal: number;
  readonly all: boolean;
}

/** What an event carries beside the container, by stage. A stage that is not here carries nothing else. */
export interface StageFields {
  readonly preCreate: { readonly spec: OciSpec };
  readonly postCreate: Pid;
  /** `spec`: the configuration that the container was created from. */
  readonly preStart: Pid & { readonly spec: OciSpec };
  readonly postStart: Pid;
  readonly preExec: Exec & { readonly process: OciProcess };
  readonly postExec: Exec;
  readonly preExecStart: Exec & { readonly process: OciProcess };
  readonly postExecStart: Exec & Pid;
  /** `resources`: the OCI `linux.resources` of the request. */
  readonly preUpdate: Resources;
  readonly postUpdate: Resources;
  readonly preKill: Kill;
  readonly postKill: Kill;
  readonly preStop: Pid & { readonly signal: number };
  readonly postStop: { readonly exit: HookExit };
  /** Undefined: it never ran. */
  readonly preDelete: { readonly exit: HookExit | undefined };
  readonly postDelete: { readonly exit: HookExit | undefined };
  readonly exit: Exec & { readonly exit: HookExit };
}

/** What a hook is told. Plain data, frozen to its depth: a hook looks, it does not change. */
export type HookEvent<S extends Stage = Stage> = {
  readonly stage: S;
  /** Sorts by time. The same id comes again if hooks are repeated after a crash: they run at least once. */
  readonly eventId: string;
  /** When the stage was reached, RFC 3339. */
  readonly time: string;
  /** Whether `delete` runs the hooks for a daemon that died, perhaps while they ran. */
  readonly replay: boolean;
  readonly container: HookContainer;
} & (S extends keyof StageFields ? StageFields[S] : unknown);

/** An event as the Task API hands it to the chain, which adds the rest. */
export interface HookSubject {
  readonly container: HookContainer;
  readonly [field: string]: unknown;
}

/** Builds the event: a frozen copy of `subject`, dates as RFC 3339. */
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

// Keys are the client's: `__proto__` among them must stay a key.
function frozenCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    Object.defineProperty(copy, key, { value: frozenCopy(entry), enumerable: true });
  }
  return Object.freeze(copy);
}
