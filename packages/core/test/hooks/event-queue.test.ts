import { setImmediate as turn } from "node:timers/promises";
import test from "ava";
import { EventQueue } from "../../src/hooks/event-queue.ts";

test("EventQueue – keeps the order of a container – and lets others overtake", async (t) => {
  const order: string[] = [];
  const queue = new EventQueue(() => t.fail());
  const gate = Promise.withResolvers<void>();
  queue.add("a", "exit", async () => {
    await gate.promise;
    order.push("a1");
  });
  queue.add("a", "exit", async () => void order.push("a2"));
  queue.add("b", "exit", async () => void order.push("b1"));
  await turn();
  t.deepEqual(order, ["b1"]);
  gate.resolve();
  await queue.flush(new AbortController().signal);
  t.deepEqual(order, ["b1", "a1", "a2"]);
});

test("EventQueue – when full – leaves out the oldest that may be left out, never an exit", async (t) => {
  let dropped = 0;
  const ran: string[] = [];
  const queue = new EventQueue(() => dropped++);
  const gate = Promise.withResolvers<void>();
  queue.add("c", "exit", () => gate.promise);
  queue.add("c", "oom", async () => void ran.push("first oom"));
  for (let i = 0; i < 1_022; i++) queue.add("c", "exit", async () => void ran.push("exit"));
  t.is(dropped, 0);
  queue.add("c", "oom", async () => void ran.push("second oom"));
  t.is(dropped, 1);
  queue.add("c", "exit", async () => void ran.push("exit"));
  t.is(dropped, 2);
  queue.add("c", "exit", async () => void ran.push("exit"));
  t.is(dropped, 2, "nothing is left that may go");
  gate.resolve();
  await queue.flush(new AbortController().signal);
  t.is(ran.filter((each) => each === "exit").length, 1_024);
  t.false(ran.includes("first oom"));
});

test("EventQueue – flush – gives up when its time is over", async (t) => {
  const queue = new EventQueue(() => t.fail());
  queue.add("c", "exit", () => new Promise(() => {}));
  const over = new AbortController();
  setTimeout(() => over.abort(), 10);
  await t.notThrowsAsync(queue.flush(over.signal));
});
