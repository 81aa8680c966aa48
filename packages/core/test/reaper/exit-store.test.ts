import test from "ava";
import { ExitStore } from "../../src/reaper/exit-store.ts";

/** Returns a store whose clock is advanced by hand. */
function storeAt(now = 1_000_000) {
  const clock = { now };
  const store = new ExitStore(() => clock.now);
  const record = (pid: number, exitStatus = 0) => store.record({ pid, exitStatus, exitedAt: new Date(clock.now) });
  return { store, clock, record };
}

test("exit store – returns the last exit of a pid", (t) => {
  const { store, record } = storeAt();
  record(7, 1);
  record(7, 2);
  t.is(store.get(7)?.exitStatus, 2);
  t.is(store.get(8), undefined);
});

test("exit store – forgets an exit – ten seconds later", (t) => {
  const { store, clock, record } = storeAt();
  record(7);
  clock.now += 10_000;
  t.truthy(store.get(7));
  record(8);
  clock.now += 1;
  t.is(store.get(7), undefined);
  t.truthy(store.get(8));
});

test("exit store – keeps an exit – the wall clock is set forward after it", (t) => {
  const { store, clock } = storeAt();
  store.record({ pid: 7, exitStatus: 1, exitedAt: new Date(clock.now - 3_600_000) });
  clock.now += 10_000;
  t.is(store.get(7)?.exitStatus, 1);
  clock.now += 1;
  t.is(store.get(7), undefined);
});

test("exit store – keeps exits – while a hold is open and ten seconds longer", (t) => {
  const { store, clock, record } = storeAt();
  const holds = [store.hold(), store.hold()];
  record(7);
  clock.now += 1_000_000;
  t.truthy(store.get(7));
  for (const hold of holds) hold[Symbol.dispose]();
  clock.now += 10_000;
  t.truthy(store.get(7));
  clock.now += 1;
  t.is(store.get(7), undefined);
});

test("exit store – is released once – a hold is disposed twice", (t) => {
  const { store, clock, record } = storeAt();
  using _other = store.hold();
  const hold = store.hold();
  record(7);
  hold[Symbol.dispose]();
  hold[Symbol.dispose]();
  clock.now += 1_000_000;
  t.truthy(store.get(7));
});

test("exit store – drops the oldest – more than 4,096 exits, even when held", (t) => {
  const { store, record } = storeAt();
  using _hold = store.hold();
  for (let pid = 1; pid <= 5000; pid += 1) record(pid);
  const kept = Array.from({ length: 5000 }, (_, index) => index + 1).filter((pid) => store.get(pid));
  t.true(kept.length >= 4095 && kept.length <= 4096);
  t.is(kept.at(-1), 5000);
});
