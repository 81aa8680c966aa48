import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { findCgroups, isAlive, mentions, type ProcessStatus, readMounts, readProcesses } from "./_support/proc.ts";
import { RuncWrapper } from "./_support/runc-wrapper.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { connectShim } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const beyondReference = isReference ? test.serial.skip : test.serial;

/** A directory that precedes runc's on the search path; empty except in the tests of `runc create`. */
let wrapperDir: string;
let containerd: Containerd;
let events: CtrEvents;
test.before(async () => {
  wrapperDir = mkdtempSync(join(tmpdir(), "wrapper-"));
  // Less than containerd's own limit. On a busy machine, five at a time need more than the default of 4.5 s for a
  // `delete`.
  const env = { DUNNAGE_DELETE_LIMIT_MS: "50000" };
  containerd = await Containerd.start({ path: [wrapperDir], env });
  events = await CtrEvents.open(containerd);
});
test.after.always(async () => {
  await events?.[Symbol.asyncDispose]();
  await containerd?.[Symbol.asyncDispose]();
  rmSync(wrapperDir, { recursive: true });
});

/**
 * Kills the daemons of containers. All pids are read first, because containerd removes the bundles of a daemon that has
 * died.
 */
async function killShims(...ids: readonly string[]): Promise<void> {
  const asked = await Promise.all(
    ids.map(async (id) => {
      const client = await connectShim(containerd, id);
      return { client, pid: (await client.connect({ id })).shim_pid };
    }),
  );
  for (const pid of new Set(asked.map((each) => each.pid))) process.kill(pid, "SIGKILL");
  await Promise.all(asked.map(({ client }) => client.closed));
}

/** Resolves when nothing is left of a container: bundle, mounts, cgroups, processes, state of runc. */
async function untilGone(id: string): Promise<void> {
  const { namespace } = containerd;
  const state = `/run/containerd/runc/${namespace}/${id}`;
  const inCgroup = () => readProcesses().filter(({ pid }) => mentions(pid, `/${namespace}/${id}\n`));
  // Each container's `delete` is a separate Node process.
  await until(() => !existsSync(containerd.bundle(id)), `the bundle of ${id} goes`, 60_000);
  await until(() => readMounts(`${containerd.bundle(id)}/`).length === 0, `the mounts of ${id} go`);
  await until(() => inCgroup().length === 0, `the processes of ${id} end`);
  await until(() => findCgroups(`${namespace}/${id}`).length === 0, `the cgroups of ${id} go`);
  await until(() => !existsSync(state), `runc forgets ${id}`);
}

test.serial(
  "shim killed – a running container with an exec – ends, the client is notified, nothing is left",
  async (t) => {
    await containerd.runDetached("victim", ["/bin/sleep", "1000"]);
    await containerd.execDetached("victim", "inside", ["/bin/sleep", "1000"]);
    const pid = (await containerd.task("victim"))?.pid ?? 0;
    await killShims("victim");
    t.is((await events.next("victim", "/tasks/exit")).fields["exit_status"], 137);
    await events.next("victim", "/tasks/delete");
    await untilGone("victim");
    t.false(isAlive(pid));
    t.is(await containerd.task("victim"), undefined);
    await containerd.ctrOk("container", "delete", "victim");
  },
);

test.serial("shim killed – `ctr run` in the foreground – returns", async (t) => {
  const run = containerd.run("foreground", ["/bin/sleep", "1000"]);
  await until(async () => (await containerd.task("foreground"))?.status === "RUNNING", "it runs");
  await killShims("foreground");
  t.not((await run).status, 0);
  await untilGone("foreground");
  await containerd.ctrOk("container", "delete", "foreground");
});

test.serial("shim killed – five containers – all end, a new one starts at once", async (t) => {
  const ids = ["a", "b", "c", "d", "e"].map((name) => `one-of-five-${name}`);
  for (const id of ids) await containerd.runDetached(id, ["/bin/sleep", "1000"]);
  await killShims(...ids);
  t.like(await containerd.run("next", ["/bin/sh", "-c", "exit 7"], { flags: ["--rm"] }), { status: 7 });
  for (const id of ids) {
    await events.next(id, "/tasks/exit");
    await untilGone(id);
    await containerd.ctrOk("container", "delete", id);
  }
});

beyondReference("shim killed – a container that has ended with 7 – its own status is reported, not 137", async (t) => {
  await containerd.runDetached("ended", ["/bin/sh", "-c", "exit 7"]);
  await until(async () => (await containerd.task("ended"))?.status === "STOPPED", "it has ended");
  await events.next("ended", "/tasks/exit");
  await killShims("ended");
  t.is((await events.next("ended", "/tasks/delete")).fields["exit_status"], 7);
  await untilGone("ended");
  await containerd.ctrOk("container", "delete", "ended");
});

const isOurChild = ({ ppid }: ProcessStatus): boolean => ppid === process.pid;

const duringCreate = test.macro({
  title: (_, stop: "before create" | "after create") =>
    `shim killed during runc create – ${stop} has done its work – the client gets an error, nothing is left`,
  exec: async (t, stop: "before create" | "after create") => {
    const wrapper = new RuncWrapper(wrapperDir, stop);
    t.teardown(() => {
      for (const name of readdirSync(wrapperDir)) rmSync(join(wrapperDir, name));
    });
    const run = containerd.run("half-made", ["/bin/sleep", "1000"]);
    await wrapper.reached();
    await killShims("half-made");
    const { status, stderr } = await run;
    t.is(status, 1, stderr);
    wrapper.letGo(); // if it is still waiting, it now creates the container
    await untilGone("half-made");
    await until(() => containerd.processes().every(isOurChild), "no command is left but `ctr events`");
    await containerd.ctrOk("container", "delete", "half-made");
  },
});
// With containerd's own shim, ctr waits forever here.
beyondReference(duringCreate, "before create");
beyondReference(duringCreate, "after create");

test.serial("shim killed while containerd is down – found dead at its return, nothing is left", async (t) => {
  await containerd.runDetached("unwatched", ["/bin/sleep", "1000"]);
  const pid = (await containerd.task("unwatched"))?.pid ?? 0;
  await containerd.kill9();
  await killShims("unwatched");
  await containerd.restart();
  await untilGone("unwatched");
  t.false(isAlive(pid));
  await containerd.ctrOk("container", "delete", "unwatched");
});

test.serial("bundles – after all that – the namespace's directory is empty", async (t) => {
  await containerd.run("last", ["/bin/true"], { flags: ["--rm"] });
  t.deepEqual(readdirSync(join(containerd.bundle("last"), "..")), []);
});
