import test from "ava";
import { findCgroup } from "../packages/core/src/cgroups/cgroup.ts";
import { readMetrics } from "../packages/core/src/cgroups/metrics/metrics.ts";
import { Containerd } from "./_support/containerd.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { type FlatMetrics, flattenMetrics, readFlatMetrics } from "./_support/metrics-shape.ts";
import { referenceRuntime } from "./_support/runtime-under-test.ts";
import { connectShim, refusal } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const limit = 64 << 20;
const flags = ["--memory-limit", String(limit)];
/** Fields that containerd's own shim of 1.6 does not have yet. */
const newer = /psi|max_usage$|nr_bursts|burst_usec|oom_group_kill|failcnt|^memory\.swap_/;

let containerd: Containerd;
let reference: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
  reference = await Containerd.start({ runtime: referenceRuntime });
});
test.after.always(async () => {
  await containerd[Symbol.asyncDispose]();
  await reference[Symbol.asyncDispose]();
});

/** Returns the differences between two readings; `[]` if there are none. */
function differences(expected: FlatMetrics, actual: FlatMetrics): string[] {
  const paths = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  const isNewer = (path: string) => expected[path] === undefined && newer.test(path);
  const hasNewer = (group: string) => [...paths].some((path) => path.startsWith(`${group}.`) && isNewer(path));
  const isDifferent = (path: string) =>
    expected[path] !== actual[path] && !isNewer(path) && !(expected[path] === "{}" && hasNewer(path));
  return [...paths].filter(isDifferent).map((path) => `${path}: ${expected[path]} ${actual[path]}`);
}

test("Stats – every field – what containerd's own shim reads of the same container", async (t) => {
  await reference.runDetached("same", ["/bin/sleep", "1000"], { flags });
  const pid = (await reference.task("same"))?.pid ?? 0;
  const cgroup = findCgroup(pid);
  if (cgroup === undefined) return t.fail("no cgroup");
  using client = await connectShim(reference, "same");
  // The container sleeps, so its values are stable. Wait until the kernel has settled the rest.
  let last = ["nothing was read"];
  await until(async () => {
    const { type, fields } = await readFlatMetrics(client, "same");
    const metrics = readMetrics(cgroup);
    t.is(metrics?.type_url, type);
    last = differences(fields, flattenMetrics(metrics ?? {}));
    return last.length === 0;
  }, "both readings are the same").catch((error: Error) => t.log(error.cause));
  t.deepEqual(last, []);
});

test("ctr task metrics – the same groups of fields as of containerd's own shim – JSON and table", async (t) => {
  const read = async (from: Containerd): Promise<Record<string, unknown>> => {
    await from.runDetached("shape", ["/bin/sleep", "1000"], { flags });
    t.regex(await from.ctrOk("task", "metrics", "shape"), /memory\.(usage_in_bytes|usage)\s+\d/);
    return JSON.parse(await from.ctrOk("task", "metrics", "--format", "json", "shape"));
  };
  const [expected, actual] = await Promise.all([read(reference), read(containerd)]);
  t.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort());
  const keys = (metrics: Record<string, unknown>, group: string) => Object.keys(metrics[group] ?? {}).sort();
  for (const group of ["cpu", "pids", "blkio", "io", "rdma"]) {
    const known = keys(actual, group).filter((key) => !newer.test(key));
    t.deepEqual(
      known,
      keys(expected, group).filter((key) => !newer.test(key)),
      group,
    );
  }
});

test("Stats – memory limit and use – running, paused, stopped, deleted", async (t) => {
  await containerd.runDetached("states", ["/bin/sleep", "1000"], { flags });
  using client = await connectShim(containerd, "states");
  const limitOf = (fields: FlatMetrics) => fields["memory.usage.limit"] ?? fields["memory.usage_limit"];
  const usageOf = (fields: FlatMetrics) => fields["memory.usage.usage"] ?? fields["memory.usage"];
  const { fields } = await readFlatMetrics(client, "states");
  t.is(limitOf(fields), String(limit));
  t.true(Number(usageOf(fields)) > 0 && Number(usageOf(fields)) <= limit);
  // Start returns while runc's process, which has threads, is about to become the container's.
  const pids = async () => (await readFlatMetrics(client, "states")).fields["pids.current"];
  await until(async () => (await pids()) === "1", "its only process is counted");
  await containerd.ctrOk("task", "pause", "states");
  t.is(limitOf((await readFlatMetrics(client, "states")).fields), String(limit));
  await containerd.ctrOk("task", "resume", "states");
  await client.kill({ id: "states", signal: 9 });
  await client.wait({ id: "states" });
  t.is(limitOf((await readFlatMetrics(client, "states")).fields), String(limit));
  await containerd.remove("states");
  t.like(await refusal(client.stats({ id: "states" })), { code: 5 });
});

test("Stats – NotFound – unknown container", async (t) => {
  await containerd.runDetached("other", ["/bin/sleep", "1000"]);
  using client = await connectShim(containerd, "other");
  t.deepEqual(await refusal(client.stats({ id: "nobody" })), { code: 5, message: "container not created: not found" });
});
