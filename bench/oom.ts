/**
 * Measures what it costs to watch 64 containers for OOM, without containerd. Run `node bench/oom.ts` as root. Creates
 * 64 cgroups, of the host's version, and exhausts the memory of some of them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cgroup } from "../packages/core/src/cgroups/cgroup.ts";
import { readMetrics } from "../packages/core/src/cgroups/metrics/metrics.ts";
import { OomWatcher } from "../packages/core/src/cgroups/oom.ts";
import { silentLogger } from "../packages/core/src/log/logger.ts";
import { openKoffiLibc } from "../packages/core/src/native/open-libc.ts";

const count = 64;
const isV2 = existsSync("/sys/fs/cgroup/cgroup.controllers");
const parent = isV2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
const dirs = Array.from({ length: count }, (_, index) => join(parent, `dunnage-bench-${process.pid}-${index}`));
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const toCgroup = (dir: string): Cgroup => (isV2 ? { version: 2, dir } : { version: 1, dirs: { memory: dir } });

/** Returns the median of the time that `work` takes for an item, in µs. */
function time<T>(items: readonly T[], work: (item: T) => void): string {
  const times = items.map((item) => {
    const start = performance.now();
    work(item);
    return (performance.now() - start) * 1_000;
  });
  return `${median(times).toFixed(0)} µs`;
}

using stack = new DisposableStack();
for (const dir of dirs) {
  mkdirSync(dir);
  stack.defer(() => rmdirSync(dir));
  writeFileSync(join(dir, isV2 ? "memory.max" : "memory.limit_in_bytes"), "8000000");
}
const watcher = stack.use(new OomWatcher({ libc: openKoffiLibc(), log: silentLogger }));
let toldAt = Number.NaN;
const checks: (() => void)[] = [];
const watching = time(dirs, (dir) => {
  const watch = watcher.watch(toCgroup(dir), () => {
    toldAt = performance.now();
  });
  if (watch === undefined) throw new Error(`no counter in ${dir}`);
  stack.use(watch);
  checks.push(() => watch.check());
});
console.log(`cgroup v${isV2 ? 2 : 1}, ${count} containers`);
console.log(`beginning to watch one: ${watching}; reading one counter: ${time(checks, (check) => check())}`);
console.log(`metrics of one: ${time(dirs, (dir) => readMetrics(toCgroup(dir)))}`);

const before = process.cpuUsage();
await sleep(3_000);
const { user, system } = process.cpuUsage(before);
console.log(`3 s of nothing: ${((user + system) / 1_000).toFixed(1)} ms of CPU`);

const delays: string[] = [];
for (const dir of dirs.slice(0, 5)) {
  toldAt = Number.NaN;
  const child = spawn("/bin/sh", ["-c", 'echo $$ > "$0/cgroup.procs"; exec tail /dev/zero', dir]);
  await once(child, "exit");
  const exitedAt = performance.now();
  while (Number.isNaN(toldAt)) await sleep(1);
  delays.push(`${(toldAt - exitedAt).toFixed(1)}`);
}
console.log(`reported after the exit of the killed process: ${delays.join(", ")} ms (negative: before it)`);
