import { defaultOptions } from "../../runtime/options.ts";
import { type HookContainer, type HookEvent, podFields } from "../event.ts";
import { newEventId } from "../event-id.ts";
import type { Stage } from "../stages.ts";

/** An event as somebody writes it down: what it is about, and as much of the container as matters. */
export interface WrittenEvent {
  readonly stage: Stage;
  readonly container?: Partial<HookContainer> | undefined;
  readonly [field: string]: unknown;
}

const stdio = { terminal: false, stdin: "", stdout: "", stderr: "" };

/** Of a plain request. */
const defaultsOf: Readonly<Partial<Record<Stage, object>>> = {
  preCreate: { rootfs: [], stdio, options: defaultOptions, restoreFrom: "" },
  preExec: { stdio },
};

/** Adds what hooks can rely on. The place in a pod comes from CRI's annotations, where it is not said, in CRI's namespace. */
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
  const given = { eventId: newEventId(), time: new Date().toISOString(), replay: false };
  return { ...given, ...defaultsOf[written.stage], ...written, container } as HookEvent;
}
