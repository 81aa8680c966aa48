/** A device that does not answer stops its own users, and neither other containers nor the end of a daemon. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { HangingFs } from "../packages/core/test/_support/hanging-fs.ts";
import type { Containerd } from "./_support/containerd.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { isAlive } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { shareContainerd } from "./_support/shared-containerd.ts";
import { connectShim } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

const configured = shareContainerd(test);

const beyondReference = isReference ? test.serial.skip : test.serial;

const lines = ["/bin/sh", "-c", "while :; do echo line; sleep 0.1; done"];

const logTo = (path: string) => ({ flags: ["--log-uri", `file://${path}`] });

async function daemonOf(containerd: Containerd, id: string): Promise<number> {
  using client = await connectShim(containerd, id);
  return (await client.connect({ id })).shim_pid;
}

beyondReference(
  "file:// – the logs of two containers hang – the others live and end, and so does the daemon",
  async (t) => {
    const containerd = configured('linger = "1ms"\n');
    using fs = new HangingFs();
    const path = join(containerd.dir, "healthy.log");
    await containerd.runDetached("healthy", lines, logTo(path));
    const daemon = await daemonOf(containerd, "healthy");
    for (const name of ["write", "used"]) {
      await containerd.runDetached(`hangs-${name}`, lines, logTo(fs.join(`${name}.log`)));
      t.is(await daemonOf(containerd, `hangs-${name}`), daemon);
    }
    await until(() => statSync(fs.join("used.log")).size > 0, "a line");
    const before = readFileSync(path).length;
    await until(() => readFileSync(path).length > before, "more lines");
    t.is((await containerd.exec("healthy", "meanwhile", ["/bin/echo", "meanwhile"])).stdout, "meanwhile\n");
    t.is((await containerd.run("new", ["/bin/echo", "new"], { flags: ["--rm"] })).stdout, "new\n");
    for (const id of ["hangs-write", "hangs-used", "healthy"]) {
      t.is((await containerd.task(id))?.status, "RUNNING");
      await containerd.remove(id);
    }
    await until(() => !isAlive(daemon), "the daemon ends");
  },
);

const plugin = `export default { name: "p", apiVersion: 1, hooks: { postStop() {} } };`;

beyondReference("audit log – its disk hangs – containerd's `delete` answers, the daemon ends", async (t) => {
  const containerd = configured("");
  using fs = new HangingFs();
  const use = `module:${containerd.dir}/p.mjs`;
  writeFileSync(join(containerd.dir, "p.mjs"), plugin);
  containerd.configure(
    `linger = "1ms"\n[audit]\npath = "${fs.join("write.jsonl")}"\n[[plugin]]\nname = "p"\nuse = "${use}"\n`,
  );
  await using events = await CtrEvents.open(containerd);
  await containerd.runDetached("killed", ["/bin/sleep", "1000"]);
  process.kill(await daemonOf(containerd, "killed"), "SIGKILL");
  t.is((await events.next("killed", "/tasks/exit")).fields["exit_status"], 137, "the answer of `delete`");
  await until(() => !existsSync(containerd.bundle("killed")), "the bundle is removed");
  await containerd.runDetached("ends", ["/bin/sleep", "1000"]);
  const daemon = await daemonOf(containerd, "ends");
  await containerd.remove("ends");
  await until(() => !isAlive(daemon), "the daemon ends");
});
