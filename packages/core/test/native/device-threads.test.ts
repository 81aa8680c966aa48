import { symlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { findDevice } from "../../src/native/device-of.ts";
import { DeviceThreads } from "../../src/native/device-threads.ts";
import { MountTable } from "../../src/native/mount-table.ts";
import { TempDir } from "../_support/temp-dir.ts";

const forever = (): Promise<void> => new Promise(() => {});

test("DeviceThreads – one operation at a time for each device – in order", async (t) => {
  const threads = new DeviceThreads(2);
  const seen: string[] = [];
  const first = Promise.withResolvers<void>();
  const step = (name: string, wait?: Promise<void>) => async (): Promise<void> => {
    seen.push(`${name} begins`);
    await wait;
    seen.push(`${name} ends`);
  };
  const a = [threads.run("a", step("1", first.promise)), threads.run("a", step("2"))];
  await threads.run("b", step("other"));
  t.deepEqual(seen, ["1 begins", "other begins", "other ends"]);
  first.resolve();
  await Promise.all(a);
  t.deepEqual(seen.slice(3), ["1 ends", "2 begins", "2 ends"]);
});

test("DeviceThreads – a failure is its caller's – the device continues", async (t) => {
  const threads = new DeviceThreads(1);
  await t.throwsAsync(
    threads.run("a", () => Promise.reject(new Error("no"))),
    { message: "no" },
  );
  t.is(await threads.run("a", async () => 1), 1);
});

test("DeviceThreads – more devices hang than there are threads – Unknown in time, and never begun", async (t) => {
  const threads = new DeviceThreads(1);
  void threads.run("hangs", forever);
  const begun: string[] = [];
  const limit = { timeoutMs: 20 };
  const waits = threads.runWithin("other", async () => begun.push("other"), { ...limit, late: () => {} });
  await t.throwsAsync(waits, { message: "no answer from the file system within 0.02 s" });
  t.deepEqual(begun, []);
});

test("DeviceThreads – a device that is slow, but answers – its time does not include the queue", async (t) => {
  const threads = new DeviceThreads(1);
  const limit = { timeoutMs: 400, late: () => {} };
  const appends = Array.from({ length: 6 }, () => threads.run("a", () => sleep(100)));
  const opened = threads.runWithin("a", () => sleep(200, "opened"), limit);
  t.is(await opened, "opened");
  await Promise.all(appends);
});

test("DeviceThreads – a result that comes too late – is freed", async (t) => {
  const threads = new DeviceThreads(1);
  const result = Promise.withResolvers<string>();
  const late = Promise.withResolvers<string>();
  const waits = threads.runWithin("a", () => result.promise, { timeoutMs: 20, late: late.resolve });
  await t.throwsAsync(waits);
  result.resolve("descriptor");
  t.is(await late.promise, "descriptor");
});

test("findDevice – links, also relative ones and those in the middle – the device behind them", async (t) => {
  using dir = new TempDir();
  symlinkSync("/proc", dir.join("absolute"));
  symlinkSync("./absolute/self", dir.join("relative"));
  symlinkSync("loop", dir.join("loop"));
  const threads = new DeviceThreads();
  const find = (...names: string[]): Promise<string> => findDevice(dir.join(...names), threads, 10_000);
  const mounts = MountTable.read();
  const [own, proc] = [mounts.deviceOf(dir.path), mounts.deviceOf("/proc")];
  t.is(await find("relative", "status"), proc);
  t.is(await find("absolute", "..", "missing"), mounts.deviceOf("/"));
  t.is(await find("missing", "below"), own);
  t.is(await find("loop", "below"), own);
});
