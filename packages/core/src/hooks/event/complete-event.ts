import { defaultOptions } from "../../runtime/options.ts";
import { type HookContainer, type HookEvent, podFields } from "./event.ts";
import { newEventId } from "./event-id.ts";
import type { Stage } from "./stages.ts";

/** An event as a user writes it down: its stage and fields, and as much of the container as matters. */
export interface WrittenEvent {
  readonly stage: Stage;
  readonly container?: Partial<HookContainer> | undefined;
  readonly [field: string]: unknown;
}

const stdio = { terminal: false, stdin: "", stdout: "", stderr: "" };

/** The fields of a plain request, by stage. */
const defaultsOf: Readonly<Partial<Record<Stage, object>>> = {
  preCreate: { rootfs: [], stdio, options: defaultOptions, restoreFrom: "" },
  preExec: { stdio },
};

/**
 * Returns the event with everything that hooks can rely on. In CRI's namespace, the place in a pod comes from CRI's
 * annotations unless it is given.
 */
export function completeEvent(written: WrittenEvent): HookEvent {
  const { namespace = "default", annotations = {} } = written.container ?? {};
  const container: HookContainer = {
    id: "test",
    namespace,
    bundle: "/nonexistent",
    runtime: "runc",
    annotations,
    ...podFields(namespace, annotations),
    ...written.container,
  };
  const header = { eventId: newEventId(), time: new Date().toISOString(), replay: false };
  return { ...header, ...defaultsOf[written.stage], ...written, container } as HookEvent;
}
