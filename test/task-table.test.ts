import { isDeepStrictEqual } from "node:util";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { criuDir } from "./_support/criu.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { referenceRuntime } from "./_support/runtime-under-test.ts";
import { type CallName, callNames, mustBeAlone } from "./_support/task-calls.ts";
import { differenceOf } from "./_support/task-differences.ts";
import { linesOf, type Outcome, outcomeOf } from "./_support/task-table.ts";

checkLeaks(test);

/** Now and then containerd's own shim takes the removal of a cgroup (version 1) for a lack of memory. */
const spuriousEvent = "/tasks/oom";

interface Side {
  readonly containerd: Containerd;
  readonly events: CtrEvents;
}
let reference: Side;
let subject: Side;
const opened = new AsyncDisposableStack();
test.before(async () => {
  const open = async (runtime?: string): Promise<Side> => {
    const containerd = opened.use(await Containerd.start({ path: [criuDir], ...(runtime && { runtime }) }));
    return { containerd, events: opened.use(await CtrEvents.open(containerd)) };
  };
  reference = await open(referenceRuntime);
  subject = await open();
});
test.after.always(() => opened.disposeAsync());

for (const call of callNames) {
  test.serial(
    `Task API – ${call} in every situation – answers, and leaves state and events, as containerd's own shim`,
    async (t) => {
      const table = await compare(call);
      const unlike = table.filter(({ actual, wanted }) => !isDeepStrictEqual(actual, wanted));
      const columnOf = (column: "actual" | "wanted") =>
        Object.fromEntries(unlike.map((row) => [row.name, row[column]]));
      t.deepEqual(columnOf("actual"), columnOf("wanted"));
      for (const { name, expected, actual } of table) {
        for (const field of Object.keys(differenceOf(name)?.seen ?? {}) as (keyof Outcome)[])
          t.notDeepEqual(actual[field], expected[field], `${name}: no longer a difference`);
      }
    },
  );
}

function compare(call: CallName) {
  const isAlone = mustBeAlone(call);
  return inParallel(linesOf(call), isAlone ? 1 : 3, async (cell) => {
    const name = `${cell.situation} × ${call}`;
    const outcome = ({ containerd, events }: Side) => outcomeOf(containerd, events, cell);
    const first = outcome(reference);
    if (isAlone) await first;
    const [expected, actual] = await Promise.all([first, outcome(subject)]);
    const events = expected.events.filter((event) => event !== spuriousEvent);
    return { name, expected, actual, wanted: { ...expected, events, ...differenceOf(name)?.seen } };
  });
}
