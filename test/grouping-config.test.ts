/** Configuration of daemons, and how long they live. containerd's version makes no difference here. */
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Containerd, type RunOptions } from "./_support/containerd.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive, readFds } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { connectShim } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const grouped = isReference ? test.serial.skip : test.serial;

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

/** Sets the configuration for daemons of containers that are started from now on. */
function configure(text: string): void {
  writeFileSync(join(containerd.dir, "etc/config.toml"), text);
}

async function shimPid(id: string): Promise<number> {
  using client = await connectShim(containerd, id);
  return (await client.connect({ id })).shim_pid;
}

/** Kills containers and removes them completely. */
async function removeAll(ids: readonly string[]): Promise<void> {
  await containerd.ctrOk("task", "delete", "--force", ...ids);
  await containerd.ctrOk("container", "delete", ...ids);
}

/** Starts containers one after the other; returns the pids of their daemons. */
async function daemonsOf(runs: readonly RunOptions[]): Promise<readonly number[]> {
  const pids: number[] = [];
  for (const [index, options] of runs.entries()) {
    await containerd.runDetached(`member-${index}`, ["/bin/sleep", "1000"], options);
    pids.push(await shimPid(`member-${index}`));
  }
  await removeAll(runs.map((_, index) => `member-${index}`));
  return pids;
}

grouped("grouping – configuration dated ahead, files come and go next to it – one daemon", async (t) => {
  const etc = join(containerd.dir, "etc");
  const ahead = new Date(Date.now() + 3_600_000);
  for (const path of [join(etc, "config.toml"), etc]) utimesSync(path, ahead, ahead);
  const daemons = new Set<number>();
  for (let index = 0; index < 4; index++) {
    await containerd.runDetached(`dated-${index}`, ["/bin/sleep", "1000"]);
    daemons.add(await shimPid(`dated-${index}`));
    writeFileSync(join(etc, `.config.toml.${index}.swp`), "");
  }
  t.is(daemons.size, 1);
  await removeAll(["dated-0", "dated-1", "dated-2", "dated-3"]);
});

grouped("grouping – cap – the next containers get the next daemon", async (t) => {
  configure('linger = "1s"\ncap = 2\n');
  const daemons = await daemonsOf([{}, {}, {}, {}, {}]);
  t.is(new Set(daemons).size, 3);
  for (const daemon of new Set(daemons)) t.true(daemons.filter((pid) => pid === daemon).length <= 2);
});

grouped("grouping – by container – each has its own daemon", async (t) => {
  configure('linger = "1s"\ngrouping = "container"\n');
  t.is(new Set(await daemonsOf([{}, {}, {}])).size, 3);
});

grouped("grouping – by pod – members of a pod share a daemon, whatever the cap", async (t) => {
  configure('linger = "1s"\ngrouping = "pod"\ncap = 1\n');
  const inPod = (name: string): RunOptions => ({ flags: ["--annotation", `io.kubernetes.cri.sandbox-id=${name}`] });
  const [a1, b1, a2, b2] = await daemonsOf([inPod("a"), inPod("b"), inPod("a"), inPod("b")]);
  t.is(a1, a2);
  t.is(b1, b2);
  t.not(a1, b1);
});

grouped("daemon – after 30 containers and execs – has as many descriptors as before", async (t) => {
  configure('linger = "1s"\n');
  await containerd.runDetached("keeper", ["/bin/sleep", "1000"]);
  const daemon = await shimPid("keeper");
  await containerd.exec("keeper", "warm", ["/bin/true"]);
  await containerd.run("warm", ["/bin/true"], { flags: ["--rm"] });
  const before = readFds(daemon).size;
  const rounds = Array.from({ length: 15 }, (_, index) => index);
  await inParallel(rounds, 5, async (round) => {
    await containerd.run(`round-${round}`, ["/bin/true"], { flags: ["--rm"] });
    await containerd.exec("keeper", `round-${round}`, ["/bin/true"]);
  });
  await until(() => readFds(daemon).size <= before, "descriptors are back");
  t.is(await shimPid("keeper"), daemon);
  await removeAll(["keeper"]);
});

grouped(
  "linger – containers one after the other – have the same daemon, which then ends and leaves nothing",
  async (t) => {
    configure('linger = "10s"\n');
    const daemons = new Set<number>();
    for (let round = 0; round < 3; round++) {
      await containerd.runDetached("alone", ["/bin/sleep", "1000"]);
      daemons.add(await shimPid("alone"));
      await containerd.remove("alone");
    }
    t.is(daemons.size, 1);
    const [daemon = 0] = daemons;
    await until(() => !isAlive(daemon), "the daemon ends", 60_000);
    await until(() => readdirSync(join(containerd.dir, "shim/d")).length === 0, "those of other tests have ended");
    t.like(await containerd.run("later", ["/bin/sh", "-c", "exit 4"], { flags: ["--rm"] }), { status: 4 });
  },
);

grouped("linger – containerd is gone and no container is left – the daemon ends", async (t) => {
  configure('linger = "10m"\n');
  await containerd.runDetached("last", ["/bin/sleep", "1000"]);
  const daemon = await shimPid("last");
  await containerd.remove("last");
  t.true(isAlive(daemon));
  await containerd.stop("SIGTERM");
  await until(() => !isAlive(daemon), "the daemon ends", 60_000);
  t.pass();
});
