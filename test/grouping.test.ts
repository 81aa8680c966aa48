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

async function shimPid(containerd: Containerd, id: string): Promise<number> {
  using client = await connectShim(containerd, id);
  return (await client.connect({ id })).shim_pid;
}

/** Starts containers one after the other; returns the pids of their daemons. */
async function daemonsOf(containerd: Containerd, runs: readonly RunOptions[]): Promise<readonly number[]> {
  const pids: number[] = [];
  for (const [index, options] of runs.entries()) {
    await containerd.runDetached(`member-${index}`, ["/bin/sleep", "1000"], options);
    pids.push(await shimPid(containerd, `member-${index}`));
  }
  return pids;
}

const times = (count: number): readonly RunOptions[] => Array.from({ length: count }, () => ({}));

grouped("grouping – the default – all containers of a namespace share a daemon", async (t) => {
  await using containerd = await Containerd.start();
  const daemons = await daemonsOf(containerd, times(4));
  t.is(new Set(daemons).size, 1);
});

grouped("grouping – configuration dated ahead, files come and go beside it – one daemon", async (t) => {
  await using containerd = await Containerd.start();
  const etc = join(containerd.dir, "etc");
  const ahead = new Date(Date.now() + 3_600_000);
  for (const path of [join(etc, "config.toml"), etc]) utimesSync(path, ahead, ahead);
  const daemons = new Set<number>();
  for (let index = 0; index < 4; index++) {
    await containerd.runDetached(`dated-${index}`, ["/bin/sleep", "1000"]);
    daemons.add(await shimPid(containerd, `dated-${index}`));
    writeFileSync(join(etc, `.config.toml.${index}.swp`), "");
  }
  t.is(daemons.size, 1);
});

grouped("grouping – first containers at the same time – end up in one daemon", async (t) => {
  await using containerd = await Containerd.start();
  const ids = Array.from({ length: 8 }, (_, index) => `first-${index}`);
  await inParallel(ids, 8, (id) => containerd.runDetached(id, ["/bin/sleep", "1000"]));
  const daemons = await Promise.all(ids.map((id) => shimPid(containerd, id)));
  t.is(new Set(daemons).size, 1);
});

grouped("grouping – cap – the next containers get the next daemon", async (t) => {
  await using containerd = await Containerd.start({ config: 'linger = "1s"\ncap = 2\n' });
  const daemons = await daemonsOf(containerd, times(5));
  t.is(new Set(daemons).size, 3);
  for (const daemon of new Set(daemons)) t.true(daemons.filter((pid) => pid === daemon).length <= 2);
});

grouped("grouping – by container – each has its own daemon", async (t) => {
  await using containerd = await Containerd.start({ config: 'linger = "1s"\ngrouping = "container"\n' });
  t.is(new Set(await daemonsOf(containerd, times(3))).size, 3);
});

grouped("grouping – by pod – members of a pod share a daemon, whatever the cap", async (t) => {
  await using containerd = await Containerd.start({ config: 'linger = "1s"\ngrouping = "pod"\ncap = 1\n' });
  const inPod = (name: string): RunOptions => ({ flags: ["--annotation", `io.kubernetes.cri.sandbox-id=${name}`] });
  const [a1, b1, a2, b2] = await daemonsOf(containerd, [inPod("a"), inPod("b"), inPod("a"), inPod("b")]);
  t.is(a1, a2);
  t.is(b1, b2);
  t.not(a1, b1);
});

grouped(
  "linger – containers one after the other – have the same daemon, which then ends and leaves nothing",
  async (t) => {
    await using containerd = await Containerd.start({ config: 'linger = "4s"\n' });
    const daemons = new Set<number>();
    for (let round = 0; round < 3; round++) {
      await containerd.runDetached("alone", ["/bin/sleep", "1000"]);
      daemons.add(await shimPid(containerd, "alone"));
      await containerd.remove("alone");
    }
    t.is(daemons.size, 1);
    const [daemon = 0] = daemons;
    await until("the daemon ends", () => !isAlive(daemon));
    t.deepEqual(readdirSync(join(containerd.dir, "shim/d")), []);
    t.like(await containerd.run("later", ["/bin/sh", "-c", "exit 4"], { flags: ["--rm"] }), { status: 4 });
  },
);

grouped("linger – containerd is gone and no container is left – the daemon ends", async (t) => {
  await using containerd = await Containerd.start({ config: 'linger = "10m"\n' });
  await containerd.runDetached("last", ["/bin/sleep", "1000"]);
  const daemon = await shimPid(containerd, "last");
  await containerd.remove("last");
  t.true(isAlive(daemon));
  await containerd.stop("SIGTERM");
  await until("the daemon ends", () => !isAlive(daemon), 60_000);
  t.pass();
});

grouped("daemon – after 30 containers and execs – has as many descriptors as before", async (t) => {
  await using containerd = await Containerd.start({ config: 'linger = "10s"\n' });
  await containerd.runDetached("keeper", ["/bin/sleep", "1000"]);
  const daemon = await shimPid(containerd, "keeper");
  await containerd.exec("keeper", "warm", ["/bin/true"]);
  await containerd.run("warm", ["/bin/true"], { flags: ["--rm"] });
  const before = readFds(daemon).size;
  const rounds = Array.from({ length: 15 }, (_, index) => index);
  await inParallel(rounds, 5, async (round) => {
    await containerd.run(`round-${round}`, ["/bin/true"], { flags: ["--rm"] });
    await containerd.exec("keeper", `round-${round}`, ["/bin/true"]);
  });
  await until("descriptors are back", () => readFds(daemon).size <= before);
  t.is(await shimPid(containerd, "keeper"), daemon);
});
