import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { removeCgroups } from "../../core/src/cgroups/cgroup-cleanup.ts";
import { CommandLock, commandLockFd } from "../../core/src/reaper/command-lock.ts";
import { endOutlivedCommands } from "../../core/src/reaper/outlived.ts";
import { until } from "../../core/test/_support/until.ts";
import { RuncContainer, shim } from "./_support/runc-container.ts";

test.after.always(() => shim[Symbol.dispose]());

const timeoutMs = 30_000;

/** Opens a container whose `create` hangs in a hook, after its init and cgroups were created. */
function openHanging(stage: "createRuntime" | "createContainer" | "prestart" = "createRuntime"): RuncContainer {
  const c: RuncContainer = new RuncContainer();
  const { path } = c.bundle;
  // The hook has the bundle's path on its command line, so that `leftovers` finds it.
  const hook = { path: "/bin/busybox", args: ["sh", "-c", "sleep 1000; exit", path] };
  const mark = { path: "/bin/busybox", args: ["touch", `${path}/hangs`] };
  c.bundle.setHooks({ [stage]: [mark, hook] });
  return c;
}

const hangs = (c: RuncContainer) => until(() => existsSync(`${c.bundle.path}/hangs`), "the hook runs");

/** Starts `runc create` as a daemon does, but without a daemon: this process is only the parent. */
function spawnCreate(c: RuncContainer): ChildProcess {
  const { id, bundle, namespace, options } = c.container;
  using lock = new CommandLock(bundle);
  const [[fd] = [0]] = lock.inherit;
  const stdio = Array.from({ length: commandLockFd + 1 }, (_, i) => (i === commandLockFd ? fd : "ignore")) as (
    | "ignore"
    | number
  )[];
  const args = [
    "--root",
    join(options.root, namespace),
    "create",
    "--bundle",
    bundle,
    "--pid-file",
    `${bundle}/init.pid`,
    id,
  ];
  return spawn("runc", args, { stdio, detached: true });
}

/** Does what `delete` does when it finds no daemon. */
async function deleteAfterCrash(c: RuncContainer): Promise<readonly number[]> {
  const ended = await endOutlivedCommands(c.container.bundle, { timeoutMs });
  await c.delete(true);
  await removeCgroups(c.bundle.cgroupsPath, { timeoutMs });
  return ended;
}

for (const stage of ["createRuntime", "createContainer", "prestart"] as const) {
  test(`create that outlived its daemon – in the stage ${stage} – ended, nothing left`, async (t) => {
    await using c = openHanging(stage);
    const runc = spawnCreate(c);
    await hangs(c);
    const ended = await deleteAfterCrash(c);
    t.true(ended.includes(runc.pid ?? 0));
    t.true(ended.length >= 2, "runc init as well");
    t.deepEqual(c.leftovers(), []);
  });

  test(`create killed with its daemon, group and all – in the stage ${stage} – nothing left`, async (t) => {
    await using c = openHanging(stage);
    const runc = spawnCreate(c);
    await hangs(c);
    process.kill(-(runc.pid ?? 0), "SIGKILL");
    await once(runc, "exit");
    t.not(c.leftovers().length, 0);
    await deleteAfterCrash(c);
    t.deepEqual(c.leftovers(), []);
  });

  test(`create – aborted in the stage ${stage} – nothing left`, async (t) => {
    await using c = openHanging(stage);
    const controller = new AbortController();
    const creating = c.create(controller.signal);
    await hangs(c);
    controller.abort(new Error("client went away"));
    await t.throwsAsync(creating, { message: "client went away" });
    t.deepEqual(c.leftovers(), []);
  });
}

test("container created when its daemon dies – deleted by force, nothing left", async (t) => {
  await using c = new RuncContainer();
  const { pid } = await c.create();
  await deleteAfterCrash(c);
  t.not((await shim.reaper.wait(pid)).exitStatus, 0);
  t.deepEqual(c.leftovers(), []);
});

test("container running when its daemon dies – no process of it counts as a command – deleted by force", async (t) => {
  await using c = new RuncContainer();
  const { pid } = await c.create();
  await c.start();
  t.deepEqual(await endOutlivedCommands(c.container.bundle, { timeoutMs }), []);
  t.true(existsSync(`/proc/${pid}/exe`));
  await deleteAfterCrash(c);
  t.is((await shim.reaper.wait(pid)).exitStatus, 137);
  t.deepEqual(c.leftovers(), []);
});

test("create – runc killed while the daemon lives – an error, nothing left", async (t) => {
  await using c = openHanging();
  const creating = c.create();
  await hangs(c);
  const runc = c
    .leftovers()
    .map((text) => /^process (\d+) .*runc .*create/.exec(text)?.[1])
    .find((pid) => pid !== undefined);
  process.kill(-Number(runc), "SIGKILL");
  await t.throwsAsync(creating, {
    message: /OCI runtime create failed: runc did not terminate successfully: signal: SIGKILL/,
  });
  t.deepEqual(c.leftovers(), []);
});
