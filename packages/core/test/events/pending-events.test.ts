import test from "ava";
import fc from "fast-check";
import { isDroppable, maxDroppable, type PendingEvent, PendingEvents } from "../../src/events/pending-events.ts";

const event = (containerId: string, topic: string): PendingEvent => ({
  containerId,
  topic,
  request: new Uint8Array(),
  refusals: 0,
});

function drain(pending: PendingEvents, containerId: string): PendingEvent[] {
  const events: PendingEvent[] = [];
  for (let head = pending.head(containerId); head !== undefined; head = pending.head(containerId)) {
    events.push(head);
    pending.shift(containerId);
  }
  return events;
}

test("PendingEvents – full of what may be dropped – the oldest goes, never the head", (t) => {
  const pending = new PendingEvents();
  const added = Array.from({ length: maxDroppable + 1 }, () => event("c", "/tasks/exec-added"));
  const dropped = added.map((each) => pending.add(each));
  t.deepEqual(dropped.slice(0, -1), new Array(maxDroppable).fill(undefined));
  t.is(dropped.at(-1), added[1]);
  t.is(pending.head("c"), added[0]);
  t.is(pending.add(event("other", "/tasks/exec-added")), undefined, "what another container has is its own");
});

test("PendingEvents – OOM – one that waits stands for all that follow, in its place", (t) => {
  const pending = new PendingEvents();
  for (const topic of ["/tasks/start", "/tasks/oom", "/tasks/exit", "/tasks/oom"]) pending.add(event("c", topic));
  t.is(pending.size, 3);
  t.deepEqual(
    drain(pending, "c").map(({ topic }) => topic),
    ["/tasks/start", "/tasks/oom", "/tasks/exit"],
  );
  pending.add(event("c", "/tasks/oom"));
  t.is(pending.size, 1, "that one has gone: this is news");
});

const topics = ["/tasks/create", "/tasks/exit", "/tasks/oom", "/tasks/exec-added", "/tasks/exec-started"] as const;

test("PendingEvents – any number of events of any kind – required ones stay in order, the rest is bounded and counted", (t) => {
  const events = fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.constantFrom(...topics)), {
    minLength: 600,
    maxLength: 2_000,
    size: "max",
  });
  const property = fc.property(events, (added) => {
    const pending = new PendingEvents();
    const all = added.map(([id, topic]) => event(id, topic));
    let dropped = 0;
    for (const each of all) if (pending.add(each) !== undefined) dropped++;
    const merged = all.length - dropped - pending.size;
    const kept = ["a", "b"].map((id) => drain(pending, id));
    for (const [index, id] of ["a", "b"].entries()) {
      const own = all.filter((each) => each.containerId === id);
      const left = kept[index] ?? [];
      const required = left.filter((each) => !isDroppable(each));
      if (required.some((each, at) => each !== own.filter((one) => !isDroppable(one))[at])) return false;
      if (required.length !== own.filter((each) => !isDroppable(each)).length) return false;
      if (left.length - required.length > maxDroppable) return false;
      if (left.some((each, at) => at > 0 && own.indexOf(each) < own.indexOf(left[at - 1] as PendingEvent))) {
        return false;
      }
    }
    return merged >= 0 && pending.size === 0 && merged <= all.filter(({ topic }) => topic === "/tasks/oom").length;
  });
  fc.assert(property, { numRuns: 20 });
  t.pass();
});
