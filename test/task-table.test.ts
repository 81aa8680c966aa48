import { isDeepStrictEqual } from "node:util";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { criuDir } from "./_support/criu.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { DirectShim } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { referenceRuntime } from "./_support/runtime-under-test.ts";
import { differenceOf } from "./_support/task-differences.ts";
import { type Row, type Rows, rowsOf } from "./_support/task-table.ts";
import { callsAt, cells, checkpointWalks, nameCell, type Walk, walks } from "./_support/task-walks.ts";

checkLeaks(test);

/** An event that containerd's own shim sends now and then, when it mistakes the removal of a cgroup (v1) for an OOM. */
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
  // This container keeps one daemon for all walks: a daemon exits with its last container.
  await opened.use(await DirectShim.start(subject.containerd, "throughout")).create();
});
test.after.always(() => opened.disposeAsync());

test("Task API – the table – has every call in every situation, once", (t) => {
  const steps = Object.values(walks).flat();
  const made = steps.flatMap((step) => {
    if (typeof step === "function") return [];
    return callsAt(step).map((call) => nameCell(step.situation, call));
  });
  t.deepEqual(made.sort(), cells.toSorted());
});

for (const [name, walk] of Object.entries(walks)) {
  test.serial(`Task API – ${name} – answers, states and events are those of containerd's own shim`, async (t) => {
    const { expected, actual } = await compare(name, walk);
    const names = Object.keys(expected);
    const wanted = Object.fromEntries(names.map((row) => [row, { ...expected[row], ...differenceOf(row)?.seen }]));
    const unlike = names.filter((row) => !isDeepStrictEqual(actual[row], wanted[row]));
    const only = (rows: Rows) => Object.fromEntries(unlike.map((row) => [row, rows[row]]));
    t.deepEqual(only(actual), only(wanted));
    t.deepEqual([...(expected[name]?.strays ?? []), ...(actual[name]?.strays ?? [])], []);
    for (const row of names) {
      for (const field of Object.keys(differenceOf(row)?.seen ?? {}) as (keyof Row)[]) {
        t.notDeepEqual(actual[row]?.[field], expected[row]?.[field], `${row}: no longer a difference`);
      }
    }
  });
}

async function compare(name: string, walk: Walk) {
  const rows = ({ containerd, events }: Side) => rowsOf(containerd, events, [name, walk]);
  const first = rows(reference);
  if (name in checkpointWalks) await first;
  const [table, actual] = await Promise.all([first, rows(subject)]);
  const { [name]: whole, ...outcomes } = table;
  const events = whole?.events?.filter((event) => event !== spuriousEvent);
  return { expected: { ...outcomes, ...(whole && { [name]: { ...whole, events } }) } as Rows, actual };
}
