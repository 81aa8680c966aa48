import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { type ContainerdVersion, containerdVersions, versionUnderTest } from "./_support/containerd-version.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference, referenceRuntime } from "./_support/runtime-under-test.ts";
import { answerOf, cells } from "./_support/task-table.ts";

checkLeaks(test);

interface Difference {
  readonly answer: string;
  readonly reason: string;
  /** The lines of containerd whose shim differs. Default: all. */
  readonly of?: readonly ContainerdVersion[];
}

/** Where the runtime under test answers otherwise than containerd's own shim, and why. */
const differences: Readonly<Record<string, Difference>> = {
  "created × delete": {
    answer: "exit 137 pid true exited true",
    reason: "the exit of an init that Delete ends is waited for, so that its event comes before the deletion's",
  },
  "stopped × pids": {
    answer: "some",
    reason: "containerd 1.7 and later take a task without processes for a leaked one and destroy it at their restart",
  },
  "exec added, init stopped × start": {
    answer: "code 9: container ID init process is not running: failed precondition",
    reason: "as the shims of later lines, which no longer leave this to runc",
    of: ["1.6"],
  },
  "exec stopped, init stopped × start": {
    answer: "code 9: container ID init process is not running: failed precondition",
    reason: "as the shims of later lines",
    of: ["1.6"],
  },
  "exec failed to start × start": {
    answer:
      'code 2: OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/bahs": stat /bin/bahs: no such file or directory',
    reason: "containerd's own shim crashes here: it closes a channel for the second time",
  },
  "exec deleted × closeIo": {
    answer: "code 5: process does not exist x: not found",
    reason: "containerd's own shim forgets to give this error its code",
  },
};

test("Task API – every call in every situation – answers as containerd's own shim", async (t) => {
  await using reference = await Containerd.start({ runtime: referenceRuntime });
  await using subject = await Containerd.start();
  const table = await inParallel(cells, 3, async (cell) => {
    const name = `${cell.situation} × ${cell.call}`;
    const [expected, actual] = await Promise.all([answerOf(reference, cell), answerOf(subject, cell)]);
    return { name, expected, actual };
  });
  const isListed = (name: string) => !isReference && isDifference(differences[name]);
  const wanted = table.map(({ name, expected }) => [name, isListed(name) ? differences[name]?.answer : expected]);
  t.deepEqual(Object.fromEntries(table.map(({ name, actual }) => [name, actual])), Object.fromEntries(wanted));
  for (const { name, expected, actual } of table) {
    if (isListed(name)) t.not(actual, expected, `${name}: no longer a difference`);
  }
});

function isDifference(difference: Difference | undefined): boolean {
  return difference !== undefined && (difference.of ?? containerdVersions).includes(versionUnderTest);
}
