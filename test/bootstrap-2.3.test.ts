/**
 * Containers whose shim is started as containerd 2.3 does it: with parameters on standard input, and a directory for
 * the socket. There is no package of 2.3, so the tests take the part of that containerd. A real containerd of another
 * line only receives the events.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { toSocketPath } from "../packages/ttrpc/src/client/address.ts";
import { Containerd } from "./_support/containerd.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { DirectShim } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive, readMounts } from "./_support/proc.ts";
import { isReference, runtimeUnderTest } from "./_support/runtime-under-test.ts";
import { TaskClient } from "./_support/task-client.ts";
import { execRequest } from "./_support/task-situations.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

// The installed version of containerd's own shim is older than these parameters.
const beyondReference = isReference ? test.serial.skip : test.serial;

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

function startShim(id: string): Promise<DirectShim> {
  return DirectShim.start(containerd, id, { caller: "2.3" });
}

beyondReference("containerd 2.3 – life of a container with an exec – answers, exit codes and events", async (t) => {
  await using events = await CtrEvents.open(containerd);
  await using shim = await startShim("life");
  const { client, id } = shim;
  const { pid } = await shim.create();
  t.is((await client.start({ id })).pid, pid);
  await client.exec(execRequest(id, "x", ["/bin/sh", "-c", "exit 9"]));
  await client.start({ id, exec_id: "x" });
  t.is((await client.wait({ id, exec_id: "x" })).exit_status, 9);
  await client.delete({ id, exec_id: "x" });
  await client.pause({ id });
  t.is((await client.state({ id })).status, 4);
  await client.resume({ id });
  t.regex((await client.stats({ id })).stats?.type_url ?? "", /^io\.containerd\.cgroups\.v[12]\.Metrics$/);
  await client.kill({ id, signal: 9 });
  t.is((await client.wait({ id })).exit_status, 137);
  t.like(await client.delete({ id }), { pid, exit_status: 137 });
  await events.next(id, "/tasks/delete");
  t.deepEqual(
    events.of(id).map(({ topic }) => topic),
    ["create", "start", "exec-added", "exec-started", "exit", "paused", "resumed", "exit", "delete"].map(
      (name) => `/tasks/${name}`,
    ),
  );
});

beyondReference("containerd 2.3 – several containers – share a daemon, both versions of the Task API", async (t) => {
  await using one = await startShim("one");
  await one.create();
  await using two = await startShim("two");
  await two.create();
  t.is(two.address, one.address);
  for (const version of [2, 3]) {
    using client = await TaskClient.connect(one.address, version);
    for (const id of ["one", "two"]) t.is((await client.state({ id })).status, 1);
  }
});

beyondReference(
  "containerd 2.3 – socket_dir – the socket is there, under a name of 64 digits, until the daemon ends",
  async (t) => {
    const shim = await startShim("socket");
    const socket = toSocketPath(shim.address);
    t.is(dirname(socket), join(containerd.dir, "s"));
    t.regex(socket, /\/[0-9a-f]{64}$/);
    t.true(existsSync(socket));
    await shim[Symbol.asyncDispose]();
    await until(() => containerd.processes().length === 0, "the daemon ends");
    t.false(existsSync(socket));
  },
);

beyondReference(
  "containerd 2.3 – the shim is killed – `delete` ends the container and tells how it ended",
  async (t) => {
    await using shim = await startShim("killed");
    const { client, id } = shim;
    const { pid } = await shim.create();
    await client.start({ id });
    process.kill((await client.connect({ id })).shim_pid, "SIGKILL");
    await client.closed;
    for (const _ of ["once", "again"]) {
      const { status, stdout, stderr } = await shim.executeDelete();
      t.deepEqual([status, stderr], [0, ""]);
      t.like(wire.DeleteResponse.decode(Buffer.from(stdout, "latin1")), { pid, exit_status: 137 });
    }
    t.false(isAlive(pid));
    t.deepEqual(readMounts(`${shim.bundle}/`), []);
  },
);

beyondReference(
  "containerd 2.3 – -info, without options – name, version and features, while a daemon runs",
  async (t) => {
    await using shim = await startShim("info");
    const { status, stdout, stderr } = await shim.executeInfo();
    t.deepEqual([status, stderr], [0, ""]);
    const info = wire.RuntimeInfo.decode(Buffer.from(stdout, "latin1"));
    t.is(info.name, runtimeUnderTest);
    t.regex(info.version?.version ?? "", /^\d+\.\d+\.\d+$/);
    t.true(JSON.parse(Buffer.from(info.features?.value ?? []).toString()).linux.namespaces.includes("pid"));
  },
);
