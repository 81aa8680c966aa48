import type { MutableStage } from "./adjust/adjust.ts";

/** What kind of moment a stage is. */
export interface StageInfo {
  /**
   * pre: before the work, in the order of the plugins, and the work waits for it. post: after the work, in reverse order, and
   * the answer waits for it. event: told afterwards, nothing waits.
   */
  readonly kind: "pre" | "post" | "event";
  /** Whether a hook here may keep the work from being done. Never for what ends a container: that would leak it. */
  readonly mayDeny: boolean;
}

const deniable = { kind: "pre", mayDeny: true } as const;
const pre = { kind: "pre", mayDeny: false } as const;
const post = { kind: "post", mayDeny: false } as const;
const event = { kind: "event", mayDeny: false } as const;

/**
 * All stages by name, each with a place in the Task API that runs it: a plugin that hopes for another one does not load.
 * State, Wait, Connect and Pids change nothing and have none.
 */
export const stages = {
  /** Create: the bundle is read, nothing is mounted yet. */
  preCreate: deniable,
  postCreate: post,
  /** Start of the init process, which exists but does not run the user's program. A denial ends the container. */
  preStart: deniable,
  postStart: post,
  /** Exec: nothing of it exists yet. */
  preExec: deniable,
  postExec: post,
  /** Start of an exec. */
  preExecStart: deniable,
  postExecStart: post,
  prePause: deniable,
  postPause: post,
  preResume: pre,
  postResume: post,
  preCheckpoint: deniable,
  postCheckpoint: post,
  preUpdate: deniable,
  postUpdate: post,
  /** Every Kill, of init and of execs, with any signal. */
  preKill: pre,
  postKill: post,
  /** Before the first signal that is meant to end init. Not when init ends by itself. */
  preStop: pre,
  /** After init's exit was recorded, before Delete; run again by `delete` when the daemon died meanwhile. */
  postStop: post,
  preDelete: pre,
  postDelete: post,
  /** The kernel has killed a process of the container for want of memory. Comes before the `exit` that it caused. */
  oom: event,
  /** A process has ended, init or exec. */
  exit: event,
  /** A create that hooks had let pass has failed all the same: what `preCreate` has set up is to be undone. */
  rollback: event,
  /** The daemon is ready. It has no container. */
  shimStart: event,
  /** The daemon ends. It has no container. */
  shimStop: event,
} as const satisfies Record<string, StageInfo>;

/** Name of a stage. */
export type Stage = keyof typeof stages;

/** Whether `name` is that of a stage. */
export function isStage(name: string): name is Stage {
  return Object.hasOwn(stages, name);
}

const mutable: ReadonlySet<string> = new Set<MutableStage>(["preCreate", "preExec", "preUpdate", "preKill"]);

/** Whether hooks of `stage` can change what they are asked about. */
export function isMutable(stage: Stage): stage is MutableStage {
  return mutable.has(stage);
}
