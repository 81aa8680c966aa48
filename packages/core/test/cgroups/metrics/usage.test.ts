import test from "ava";
import { toMetrics } from "../../../src/cgroups/metrics/metrics.ts";
import { withUsageV1, withUsageV2 } from "../../../src/cgroups/metrics/usage.ts";
import { decodeMetrics } from "../../../src/testing/containerd/decode-metrics.ts";

const usage = { cpuNs: 1_234_567.4, memoryBytes: 5, memoryLimitBytes: 6, pids: 7 };

test("withUsageV1 – the runtime's numbers override the cgroup's – the others stay", (t) => {
  const metrics = {
    cpu: { usage: { total: 1, user: 2 } },
    memory: { rss: 3, usage: { usage: 4, max: 9 } },
    pids: { limit: 8 },
  };
  t.deepEqual(withUsageV1(metrics, usage), {
    cpu: { usage: { total: 1_234_567, user: 2 } },
    memory: { rss: 3, usage: { usage: 5, limit: 6, max: 9 } },
    pids: { limit: 8, current: 7 },
  });
  t.like(withUsageV1(metrics, {}), metrics);
});

test("withUsageV2 – the runtime's numbers override the cgroup's – the others stay", (t) => {
  const metrics = { cpu: { usage_usec: 1, user_usec: 2 }, memory: { anon: 3, usage: 4 }, pids: { limit: 8 } };
  t.deepEqual(withUsageV2(metrics, usage), {
    cpu: { usage_usec: 1235, user_usec: 2 },
    memory: { anon: 3, usage: 5, usage_limit: 6 },
    pids: { limit: 8, current: 7 },
  });
  t.like(withUsageV2(metrics, { pids: 1 }).memory, metrics.memory);
});

test("toMetrics – a message of the host's version – no cgroup", (t) => {
  t.like(decodeMetrics(toMetrics({ pids: 7 })), { pids: { current: "7" } });
});
