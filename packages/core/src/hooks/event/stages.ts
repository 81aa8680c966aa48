/** When the hooks of a stage run, and whether they may deny. */
export interface StageInfo {
  /**
   * pre: before the work, in the order of the plugins. The work waits for the hooks.
   * post: after the work, in reverse order. The answer waits for the hooks.
   * event: a notification after the fact. No call waits for it, except that Delete waits for the `exit` of init.
   */
  readonly kind: "pre" | "post" | "event";
  /** Whether a hook may deny the call. Never for calls that end a container: a denial would leak the container. */
  readonly mayDeny: boolean;
}

const deniable = { kind: "pre", mayDeny: true } as const;
const pre = { kind: "pre", mayDeny: false } as const;
const post = { kind: "post", mayDeny: false } as const;
const event = { kind: "event", mayDeny: false } as const;

/**
 * All stages by name. The Task API runs each of them. A plugin that names any other stage is not loaded. State, Wait,
 * Connect and Pids change nothing and have no stage.
 */
export const stages = {
  /** Create: the bundle has been read, nothing is mounted yet. */
  preCreate: deniable,
  postCreate: post,
  /** Start of the init process, which exists but does not run the user's program. A denial ends the container. */
  preStart: deniable,
  postStart: post,
  /** Exec: nothing of the exec exists yet. */
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
  /** After init's exit was recorded, before Delete. `delete` runs it again if the daemon died in the meantime. */
  postStop: post,
  preDelete: pre,
  postDelete: post,
  /** The kernel's OOM killer has killed a process of the container. Comes before the `exit` that it caused. */
  oom: event,
  /** A process has ended, init or exec. */
  exit: event,
  /** A create failed although the hooks had let it pass. What `preCreate` has set up must be undone. */
  rollback: event,
  /** The daemon is ready. It has no container. */
  shimStart: event,
  /** The daemon ends. It has no container. */
  shimStop: event,
} as const satisfies Record<string, StageInfo>;

/** Name of a stage. */
export type Stage = keyof typeof stages;

/** Whether `name` is the name of a stage. */
export function isStage(name: string): name is Stage {
  return Object.hasOwn(stages, name);
}

const mutableStages = ["preCreate", "preExec", "preUpdate", "preKill"] as const satisfies readonly Stage[];

/** Stages whose hooks can change the request. */
export type MutableStage = (typeof mutableStages)[number];

/** Whether hooks of `stage` can change the request. */
export function isMutable(stage: Stage): stage is MutableStage {
  return (mutableStages as readonly Stage[]).includes(stage);
}
