import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { Cgroup } from "../../src/cgroups/cgroup.ts";
import { OomWatcher } from "../../src/cgroups/oom.ts";
import { silentLogger } from "../../src/log/logger.ts";
import type { Libc } from "../../src/native/libc.ts";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { eachBackend } from "../_support/each-backend.ts";
import { RecordingLog } from "../_support/recording-log.ts";
import { TempDir } from "../_support/temp-dir.ts";
import { until } from "../_support/until.ts";

const v1 = "/sys/fs/cgroup/memory";
const v2 = "/sys/fs/cgroup";
const isV2 = existsSync(join(v2, "cgroup.controllers"));

/** A real cgroup with 8 MB of memory, in the cgroup version of this host. */
class MemoryCgroup implements Disposable {
  readonly dir: string;
  readonly cgroup: Cgroup;

  constructor(name: string) {
    this.dir = join(isV2 ? v2 : v1, `dunnage-test-${process.pid}-${name}`);
    mkdirSync(this.dir);
    writeFileSync(join(this.dir, isV2 ? "memory.max" : "memory.limit_in_bytes"), "8000000");
    if (isV2) writeFileSync(join(this.dir, "memory.swap.max"), "0");
    this.cgroup = isV2 ? { version: 2, dir: this.dir } : { version: 1, dirs: { memory: this.dir } };
  }

  /** Runs a program in it that uses all available memory; resolves with the signal that killed it. */
  async exhaust(): Promise<NodeJS.Signals | null> {
    const script = 'echo $$ > "$0/cgroup.procs"; exec tail /dev/zero';
    const [, signal] = await once(spawn("/bin/sh", ["-c", script, this.dir]), "exit");
    return signal;
  }

  [Symbol.dispose](): void {
    rmdirSync(this.dir);
  }
}

function openWatcher(libc: Libc = openKoffiLibc()): OomWatcher {
  return new OomWatcher({ libc, log: silentLogger });
}
const canHaveCgroups = isV2 || existsSync(join(v1, "memory.oom_control"));
const ifCgroups = canHaveCgroups ? test.serial : test.serial.skip;

eachBackend("OomWatcher – a kill – is reported without being asked", async (t, libc) => {
  if (!canHaveCgroups) {
    t.pass();
    return;
  }
  using memory = new MemoryCgroup(`reported-${libc.backend}`);
  using watcher = openWatcher(libc);
  let told = 0;
  using _watch = watcher.watch(memory.cgroup, () => told++);
  t.is(await memory.exhaust(), "SIGKILL");
  await until(() => told > 0, "the kill is reported");
  t.is(told, 1);
});

ifCgroups("OomWatcher – check – tells of a kill at once, and of each one once", async (t) => {
  using memory = new MemoryCgroup("check");
  using watcher = openWatcher();
  let told = 0;
  using watch = watcher.watch(memory.cgroup, () => told++);
  for (const kills of [1, 2]) {
    await memory.exhaust();
    watch?.check();
    t.is(told, kills);
    watch?.check();
    t.is(told, kills);
  }
});

ifCgroups("OomWatcher – many cgroups – only the one where it happened is reported", async (t) => {
  using stack = new DisposableStack();
  const cgroups = Array.from({ length: 5 }, (_, index) => stack.use(new MemoryCgroup(`many-${index}`)));
  const watcher = stack.use(openWatcher());
  const told: number[] = [];
  for (const [index, { cgroup }] of cgroups.entries()) stack.use(watcher.watch(cgroup, () => told.push(index)));
  await cgroups[3]?.exhaust();
  await until(() => told.length > 0, "the kill is reported");
  await cgroups[1]?.exhaust();
  await until(() => told.length > 1, "the other kill is reported");
  t.deepEqual(told, [3, 1]);
});

ifCgroups("OomWatcher – a cgroup that was removed – harms no other", async (t) => {
  using memory = new MemoryCgroup("stays");
  using watcher = openWatcher();
  let told = 0;
  using _watch = watcher.watch(memory.cgroup, () => told++);
  {
    using gone = new MemoryCgroup("goes");
    using watch = watcher.watch(gone.cgroup, () => t.fail());
    t.truthy(watch);
  }
  const lost = new MemoryCgroup("lost");
  using late = watcher.watch(lost.cgroup, () => t.fail());
  lost[Symbol.dispose]();
  late?.check();
  await memory.exhaust();
  await until(() => told === 1, "the kill is reported");
  t.pass();
});

test("OomWatcher – version 2 – the count of memory.events is what matters", async (t) => {
  using dir = new TempDir();
  const write = (kills: number) => writeFileSync(dir.join("memory.events"), `oom 7\noom_kill ${kills}\n`);
  write(0);
  using watcher = openWatcher();
  let told = 0;
  using watch = watcher.watch({ version: 2, dir: dir.path }, () => told++);
  watch?.check();
  t.is(told, 0);
  write(2);
  await until(() => told === 1, "the kills are reported");
  watch?.check();
  t.is(told, 1);
});

test("OomWatcher – kills that are reported already – are not reported again", (t) => {
  using dir = new TempDir();
  const write = (kills: number) => writeFileSync(dir.join("memory.events"), `oom_kill ${kills}\n`);
  write(2);
  using watcher = openWatcher();
  const reported: number[] = [];
  using watch = watcher.watch({ version: 2, dir: dir.path }, (kills) => void reported.push(kills), 2);
  watch?.check();
  write(3);
  watch?.check();
  t.deepEqual(reported, [3]);
});

test("OomWatcher – version 1 – processes that hang with the killer off are reported once", (t) => {
  using dir = new TempDir();
  const write = (text: string) => writeFileSync(dir.join("memory.oom_control"), text);
  write("oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
  const log = new RecordingLog();
  using watcher = new OomWatcher({ libc: openKoffiLibc(), log });
  let told = 0;
  using watch = watcher.watch({ version: 1, dirs: { memory: dir.path } }, () => told++);
  t.deepEqual(log.messages("warn"), ["out-of-memory events come late"], "no notices from a plain directory");
  for (const [text, expected] of [
    ["oom_kill_disable 0\nunder_oom 1\noom_kill 0\n", 0],
    ["oom_kill_disable 1\nunder_oom 1\noom_kill 0\n", 1],
    ["oom_kill_disable 1\nunder_oom 1\noom_kill 0\n", 1],
    ["oom_kill_disable 1\nunder_oom 0\noom_kill 0\n", 1],
    ["oom_kill_disable 1\nunder_oom 1\noom_kill 0\n", 2],
    ["oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", 3],
  ] as const) {
    write(text);
    watch?.check();
    t.is(told, expected, text);
  }
});

test("OomWatcher – undefined – nothing counts", (t) => {
  const log = new RecordingLog();
  using watcher = new OomWatcher({ libc: openKoffiLibc(), log });
  t.is(
    watcher.watch({ version: 1, dirs: { pids: "/nonexistent" } }, () => t.fail()),
    undefined,
  );
  t.deepEqual(log.lines, []);
  t.is(
    watcher.watch({ version: 2, dir: "/nonexistent" }, () => t.fail()),
    undefined,
  );
  t.deepEqual(log.messages("warn"), ["no out-of-memory events"]);
});

test("OomWatcher – after its end – a watch neither tells nor keeps descriptors", (t) => {
  using dir = new TempDir();
  writeFileSync(dir.join("memory.events"), "oom_kill 1\n");
  using watcher = openWatcher();
  const watch = watcher.watch({ version: 2, dir: dir.path }, () => t.fail());
  watch?.[Symbol.dispose]();
  watch?.[Symbol.dispose]();
  watch?.check();
  t.is(readFileSync(dir.join("memory.events"), "utf8"), "oom_kill 1\n");
});
