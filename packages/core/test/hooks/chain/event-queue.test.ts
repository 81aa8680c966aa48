import { setImmediate as turn } from "node:timers/promises";
import test from "ava";
import { EventQueue } from "../../../src/hooks/chain/event-queue.ts";

test("EventQueue – keeps the order of a container – and lets others overtake", async (t) => {
  const order: string[] = [];
  const queue = new EventQueue();
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

test("EventQueue – a container that is out of memory again and again – one that waits stands for the rest, others lose nothing", async (t) => {
  const ran: string[] = [];
  const queue = new EventQueue();
  const gate = Promise.withResolvers<void>();
  for (const key of ["loop", "other"]) queue.add(key, "exit", () => gate.promise);
  queue.add("other", "oom", async () => void ran.push("other's oom"));
  for (let i = 0; i < 2_000; i++) {
    queue.add("loop", "oom", async () => void ran.push("oom"));
    queue.add("loop", "exit", async () => void ran.push("exit"));
  }
  gate.resolve();
  await queue.flush(new AbortController().signal);
  t.true(ran.includes("other's oom"));
  t.is(ran.filter((each) => each === "exit").length, 2_000);
  t.deepEqual(ran.filter((each) => each !== "other's oom").slice(0, 2), ["oom", "exit"]);
  t.is(ran.filter((each) => each === "oom").length, 1);
  t.true(queue.isEmpty);
});

test("EventQueue – OOM while a hook handles one – is reported once more", async (t) => {
  let told = 0;
  const queue = new EventQueue();
  const gate = Promise.withResolvers<void>();
  const tell = (): Promise<void> => {
    told++;
    return gate.promise;
  };
  queue.add("c", "oom", tell);
  await turn();
  t.is(told, 1);
  for (let i = 0; i < 3; i++) queue.add("c", "oom", tell);
  gate.resolve();
  await queue.flush(new AbortController().signal);
  t.is(told, 2);
});

test("EventQueue – flush – stops waiting when its time has passed", async (t) => {
  const queue = new EventQueue();
  queue.add("c", "exit", () => new Promise(() => {}));
  const over = new AbortController();
  setTimeout(() => over.abort(), 10);
  await t.notThrowsAsync(queue.flush(over.signal));
});
