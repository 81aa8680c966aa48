/**
 * Behaviour that is specific to a line of containerd. Everything else is in the other files, which run on each line.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { versionUnderTest } from "./_support/containerd-version.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive, readProcess } from "./_support/proc.ts";
import { isReference, pathOfShim, runtimeUnderTest } from "./_support/runtime-under-test.ts";
import { connectShim, exitStatus } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

// For cases in which containerd's own shim behaves differently, or that it does not support.
const beyondReference = isReference ? test.serial.skip : test.serial;

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

async function untilStopped(id: string): Promise<void> {
  await until(async () => (await containerd.task(id))?.status === "STOPPED", `${id} has stopped`);
}

test.serial("containerd and ctr – both – are of the version under test", async (t) => {
  const { version } = containerd;
  const found = [...(await containerd.ctrOk("version")).matchAll(/Version:\s+v?(\d+\.\d+)/g)].map(([, line]) => line);
  t.deepEqual(found, [version, version]);
  const config = readFileSync(join(containerd.dir, "containerd.toml"), "utf8");
  t.regex(config, version === "2.1" ? /^version = 3/ : /^version = 2/);
});

test.serial("runtime – named by the path of its shim – runs", async (t) => {
  const flags = ["--rm", "--runtime", pathOfShim(runtimeUnderTest)];
  t.like(await containerd.run("by-path", ["/bin/sh", "-c", "exit 6"], { flags }), { status: 6 });
});

// Each line's ctr passes a file of options in a different way.
beyondReference("runtime options – a file of them – names another runc and another root", async (t) => {
  const [file, root] = [join(containerd.dir, "options.toml"), join(containerd.dir, "runc-root")];
  const flags = ["--runtime-config-path", file];
  writeFileSync(file, `Root = "${root}"\n`);
  await containerd.runDetached("root", ["/bin/sleep", "1000"], { flags });
  t.true(existsSync(join(root, containerd.namespace, "root/state.json")));
  await containerd.remove("root");
  t.false(existsSync(join(root, containerd.namespace, "root")));
  writeFileSync(file, 'BinaryName = "/does/not/exist/runc"\n');
  t.regex((await containerd.run("binary", ["/bin/true"], { flags })).stderr, /\/does\/not\/exist\/runc/);
  await containerd.ctrOk("container", "delete", "binary");
});

// Since 1.7, containerd considers a task without processes leaked when it starts, and destroys it.
beyondReference("Pids – of a stopped container – names its init, which has gone", async (t) => {
  await containerd.runDetached("pids", ["/bin/sh", "-c", "exit 7"]);
  await untilStopped("pids");
  using client = await connectShim(containerd, "pids");
  const { pid } = await client.state({ id: "pids" });
  const { processes } = await client.pids({ id: "pids" });
  t.deepEqual(
    processes.map((process) => process.pid),
    [pid],
  );
  t.is(readProcess(pid), undefined);
  await containerd.remove("pids");
});

const restarted = test.macro({
  title: (_, signal: "SIGTERM" | "SIGKILL") =>
    `containerd ended with ${signal}, twice – a running and a stopped container – are found again as they were`,
  exec: async (t, signal: "SIGTERM" | "SIGKILL") => {
    await containerd.runDetached("running", ["/bin/sleep", "1000"]);
    await containerd.runDetached("stopped", ["/bin/sh", "-c", "exit 7"]);
    await untilStopped("stopped");
    const [running, stopped] = await Promise.all(["running", "stopped"].map((id) => containerd.task(id)));
    for (let round = 0; round < 2; round++) {
      await containerd.stop(signal);
      t.true(isAlive(running?.pid ?? 0));
      await containerd.restart();
      t.deepEqual(await containerd.task("running"), running);
      t.deepEqual(await containerd.task("stopped"), stopped);
    }
    t.is(await exitStatus(containerd, "stopped"), 7);
    t.regex((await containerd.ctr("task", "delete", "stopped")).stderr, /exit code 7/);
    await containerd.ctrOk("container", "delete", "stopped");
    await containerd.remove("running");
  },
});
beyondReference(restarted, "SIGTERM");
beyondReference(restarted, "SIGKILL");

// No version before 2.0 asks for it.
if (versionUnderTest === "2.1") {
  beyondReference("-info – ctr plugins inspect-runtime – prints name, version and features", async (t) => {
    const info = JSON.parse(await containerd.ctrOk("plugins", "inspect-runtime", "--runtime", containerd.runtime));
    t.is(info.Name, runtimeUnderTest);
    t.regex(info.Version.Version, /^\d+\.\d+\.\d+/);
    t.is(info.Features.ociVersionMin, "1.0.0");
    t.true(info.Features.linux.namespaces.includes("pid"));
    t.true(info.Features.mountOptions.includes("rbind"));
  });
}
