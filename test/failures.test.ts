import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { toOciSpec } from "./_support/bundle.ts";
import { Containerd } from "./_support/containerd.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { findCgroups, readMounts } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { refusal } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

test("Create – config.json is no JSON – fails and says why, nothing is left", async (t) => {
  await using shim = await DirectShim.start(containerd, "broken");
  writeFileSync(join(shim.bundle, "config.json"), '{"ociVersion": ');
  const refused = await refusal(shim.create());
  t.is(refused?.code, isReference ? 2 : 3); // InvalidArgument: the shim reads it before the runtime
  t.regex(refused?.message ?? "", /unexpected (EOF|end of JSON input)/i);
  t.is((await refusal(shim.client.state({ id: shim.id })))?.code, 5);
  t.is((await refusal(shim.client.delete({ id: shim.id })))?.code, 5);
});

test("Create – no config.json – fails and says so", async (t) => {
  await using shim = await DirectShim.start(containerd, "no-config");
  rmSync(join(shim.bundle, "config.json"));
  const refused = await refusal(shim.create());
  t.true([2, 3, 5].includes(refused?.code ?? 0), String(refused?.code));
  t.regex(refused?.message ?? "", /config\.json|JSON specification file/);
});

test("Create – the root file system is missing – fails and says so, nothing is left", async (t) => {
  const spec = toOciSpec(["/bin/true"], { root: "/does/not/exist" });
  await using shim = await DirectShim.start(containerd, "no-rootfs", { spec });
  const refused = await refusal(shim.create());
  t.is(refused?.code, 2);
  t.regex(refused?.message ?? "", /OCI runtime create failed: .*(rootfs|\/does\/not\/exist)/);
  t.deepEqual(findCgroups(`${containerd.namespace}/no-rootfs`), []);
});

test("Create – a root file system without the command – fails, the same id works afterwards", async (t) => {
  const spec = toOciSpec(["bahs"], { root: sharedRootfs(containerd) });
  await using shim = await DirectShim.start(containerd, "again", { spec });
  const refused = await refusal(shim.create());
  t.is(refused?.code, 2);
  t.regex(refused?.message ?? "", /"bahs": executable file not found in \$PATH/);
  writeFileSync(
    join(shim.bundle, "config.json"),
    JSON.stringify(toOciSpec(["/bin/sh", "-c", "exit 3"], { root: sharedRootfs(containerd) })),
  );
  await shim.create();
  await shim.client.start({ id: shim.id });
  t.is((await shim.client.wait({ id: shim.id })).exit_status, 3);
});

test("Create – an id that lives – refused, the first container is untouched", async (t) => {
  await using shim = await DirectShim.start(containerd, "double");
  const { pid } = await shim.create();
  await shim.client.start({ id: shim.id });
  const refused = await refusal(shim.create());
  t.true([2, 6].includes(refused?.code ?? 0), String(refused?.code));
  t.regex(refused?.message ?? "", /already exists|given ID already/);
  const state = await shim.client.state({ id: shim.id });
  t.is(state.status, 2);
  t.is(state.pid, pid);
});

test("Create – a mount of the root file system fails – says so, nothing stays mounted", async (t) => {
  await using shim = await DirectShim.start(containerd, "no-mount", { spec: toOciSpec(["/bin/true"]) });
  const rootfs = [
    { type: "tmpfs", source: "tmpfs", options: [] },
    { type: "bind", source: "/does/not/exist", options: ["rbind", "rw"] },
  ];
  const refused = await refusal(shim.create({ rootfs }));
  t.truthy(refused);
  t.regex(refused?.message ?? "", /no such file or directory|does not exist/);
  t.deepEqual(readMounts(`${shim.bundle}/`), []);
});

test("ctr run – the runtime's binary is missing – the message names it, nothing is left", async (t) => {
  const binary = "/does/not/exist/runc";
  const config = `linger = "1s"\n[runtimes.runc]\nbinary = "${binary}"\n`;
  await using other = await Containerd.start({ config });
  const result = await other.run("no-runc", ["/bin/true"], { flags: isReference ? ["--runc-binary", binary] : [] });
  t.is(result.status, 1);
  t.regex(result.stderr, /OCI runtime create failed: .*\/does\/not\/exist\/runc.*(no such file or directory|ENOENT)/);
  t.is(await other.task("no-runc"), undefined);
});

test("ctr run – the runtime's binary crashes – fails, nothing is left", async (t) => {
  const config = 'linger = "1s"\n[runtimes.runc]\nbinary = "/bin/false"\n';
  await using other = await Containerd.start({ config });
  const result = await other.run("false", ["/bin/true"], { flags: isReference ? ["--runc-binary", "/bin/false"] : [] });
  t.is(result.status, 1);
  t.not(result.stderr, "");
  t.is(await other.task("false"), undefined);
});

test("Kill – a signal that does not exist – fails, the container lives on", async (t) => {
  await using shim = await DirectShim.start(containerd, "odd-signal");
  await shim.create();
  await shim.client.start({ id: shim.id });
  t.truthy(await refusal(shim.client.kill({ id: shim.id, signal: 200 })));
  t.is((await shim.client.state({ id: shim.id })).status, 2);
});

test("Task API – a method or a service that does not exist – Unimplemented", async (t) => {
  await using shim = await DirectShim.start(containerd, "no-method");
  const refused = await refusal(shim.client.call("Transmogrify"));
  t.is(refused?.code, 12);
  t.regex(refused?.message ?? "", /method Transmogrify/);
});

/**
 * How long a command that began before the exit of a container may run after it, plus one second. No condition shows
 * when it has ended.
 */
const longAfterTheEndMs = 11_000;

test("Kill all, Delete, `delete` – long after the end of the container – work as at once", async (t) => {
  await containerd.runDetached("long-ended", ["/bin/sh", "-c", "exit 3"]);
  const spec = toOciSpec(["/bin/sh", "-c", "exit 4"], { root: sharedRootfs(containerd) });
  await using shim = await DirectShim.start(containerd, "long-ended-direct", { spec });
  await shim.create();
  await shim.client.start({ id: shim.id });
  t.is((await shim.client.wait({ id: shim.id })).exit_status, 4);
  await until(async () => (await containerd.task("long-ended"))?.status === "STOPPED", "it has ended");
  await delay(longAfterTheEndMs);
  const removed = await containerd.ctr("task", "rm", "-f", "long-ended");
  t.is(removed.status, 0, removed.stderr);
  await containerd.ctrOk("container", "delete", "long-ended");
  if (isReference) return;
  const answer = wire.DeleteResponse.decode(Buffer.from((await shim.executeDelete()).stdout, "latin1"));
  t.is(answer.exit_status, 4);
  t.is((await refusal(shim.client.state({ id: shim.id })))?.code, 5, "the daemon has forgotten it");
});
