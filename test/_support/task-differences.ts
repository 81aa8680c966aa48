import { type ContainerdVersion, containerdVersions, versionUnderTest } from "./containerd-version.ts";
import { isReference } from "./runtime-under-test.ts";
import type { Row } from "./task-table.ts";
import { checkpointWalks } from "./task-walks.ts";

/** A row of the table in which the runtime under test intentionally differs from containerd's own shim. */
interface Difference {
  /** What the runtime under test does instead. */
  readonly seen: Row;
  readonly reason: string;
  /** The lines of containerd for which this difference exists. Default: all. */
  readonly of?: readonly ContainerdVersion[];
}

const createdTwice: Difference = {
  seen: { answer: "code 6: container ID: already exists" },
  reason: "refused with the code for it before runc is asked, which has none",
};
const endedInit: Difference = {
  seen: { answer: 'processes ["init"]' },
  reason: "containerd 1.7 and later take a task without processes for a leaked one and destroy it at their restart",
};
const unknownExec: Difference = {
  seen: { answer: "code 5: process does not exist x: not found" },
  reason: "containerd's own shim forgets to give this error its code",
};
const execOfEndedInit: Difference = {
  seen: { answer: "code 9: container ID init process is not running: failed precondition" },
  reason: "as the shims of later lines, which do not leave this to runc",
  of: ["1.6"],
};
const execStarted: Difference = {
  seen: { events: execEvents() },
  reason: "containerd's own shim crashes when the container ends: it counts the exec twice",
  of: ["1.7", "2.1"],
};
const pausedExecStarted: Difference = {
  ...execStarted,
  seen: { events: execEvents("/tasks/paused", "/tasks/resumed") },
};

const checkpointed: Difference = {
  seen: { checkpoints: 2 },
  reason: "containerd has an event for it, which its own shim does not send",
};

/** Every difference between the runtime under test and containerd's own shim, with its reason, by situation × call. */
const differences: Readonly<Record<string, Difference>> = {
  "created × create": createdTwice,
  "running × create": createdTwice,
  "paused × create": createdTwice,
  "stopped × create": createdTwice,
  "created × delete": {
    seen: {
      answer: "exit 137 pid true exited true",
    },
    reason: "the exit of an init that Delete ends is waited for",
  },
  "created container that is deleted": {
    seen: { events: ["/tasks/create", "/tasks/exit 137", "/tasks/delete 137"] },
    reason: "the event of the exit comes before the deletion's",
  },
  "stopped × pids": endedInit,
  "exec created, init stopped × pids": endedInit,
  "exec stopped, init stopped × pids": endedInit,
  "exec created, init stopped × start": execOfEndedInit,
  "exec stopped, init stopped × start": execOfEndedInit,
  "running exec, started again": execStarted,
  "paused exec, started again": pausedExecStarted,
  "exec unknown × closeIo": unknownExec,
  "exec deleted × closeIo": unknownExec,
  "exec failed to start × start": {
    seen: {
      answer:
        'code 2: OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/bahs": stat /bin/bahs: no such file or directory',
      state: "status 1",
    },
    reason: "containerd's own shim crashes here: it closes a channel for the second time",
  },
  "exec that has failed to start, started again": {
    seen: { events: ["/tasks/create", "/tasks/start", "/tasks/exec-added x", "/tasks/exit 137", "/tasks/delete 137"] },
    reason: "containerd's own shim has crashed",
  },
  ...Object.fromEntries(Object.keys(checkpointWalks).map((walk) => [walk, checkpointed])),
};

/** Returns how a row must differ from that of containerd's own shim; undefined if it must be the same. */
export function differenceOf(name: string): Difference | undefined {
  const difference = isReference ? undefined : differences[name];
  return (difference?.of ?? containerdVersions).includes(versionUnderTest) ? difference : undefined;
}

/** Returns the events of a container whose exec was started, with the events `between` before it ends. */
function execEvents(...between: readonly string[]): readonly string[] {
  const begin = ["/tasks/create", "/tasks/start", "/tasks/exec-added x", "/tasks/exec-started x"];
  return [...begin, ...between, "/tasks/exit x 137", "/tasks/exit 137", "/tasks/delete 137"];
}
