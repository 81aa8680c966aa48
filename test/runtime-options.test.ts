import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { Fifo } from "../packages/core/test/_support/fifo.ts";
import { toOciProcess, toOciSpec } from "./_support/bundle.ts";
import { Containerd } from "./_support/containerd.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { RecordingRunc } from "./_support/recording-runc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { refusal } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
  chmodSync(containerd.dir, 0o711); // like containerd's own directories: a mapped root must traverse it
});
test.after.always(() => containerd[Symbol.asyncDispose]());

const runcOptions = (fields: wire.RuncOptions.$Properties) => ({
  options: { type_url: "containerd.runc.v1.Options", value: wire.RuncOptions.encode(fields).finish() },
});

test("options – binary, root, pivot root, keyring – reach runc, on every call that knows them", async (t) => {
  const runc = new RecordingRunc(join(containerd.dir, "recording"));
  const root = join(containerd.dir, "runc-root");
  await using shim = await DirectShim.start(containerd, "flags");
  await shim.create(runcOptions({ binary_name: runc.path, root, no_pivot_root: true, no_new_keyring: true }));
  await shim.client.start({ id: "flags" });
  t.true(existsSync(join(root, containerd.namespace, "flags/state.json")));
  const rooted = (words: readonly string[]) => words.join(" ").includes(`--root ${root}/`);
  const [create = [], start = []] = [runc.calls("create")[0], runc.calls("start")[0]];
  t.true(create.includes("--no-pivot") && create.includes("--no-new-keyring") && rooted(create), create.join(" "));
  t.true(rooted(start), start.join(" "));
});

test("options – systemd's cgroups – runc is asked for them, and says what it thinks of that", async (t) => {
  const runc = new RecordingRunc(join(containerd.dir, "systemd"));
  await using shim = await DirectShim.start(containerd, "systemd");
  const refused = await refusal(shim.create(runcOptions({ binary_name: runc.path, systemd_cgroup: true })));
  t.true(runc.calls("create")[0]?.includes("--systemd-cgroup"));
  t.regex(refused?.message ?? "", /OCI runtime create failed: /); // the test's cgroups path is not systemd's
});

// runc gives the streams to the user of their process, but does not change their group.
for (const [what, options, group] of [
  ["an io gid", { io_uid: 4001, io_gid: 4002 }, 4002],
  ["none", {}, 0],
] as const) {
  test(`options – ${what} – is the group of the streams of init and of an exec`, async (t) => {
    const id = `group-${group}`;
    using init = new Fifo(join(containerd.dir, `${id}-init`));
    using exec = new Fifo(join(containerd.dir, `${id}-exec`));
    for (const fifo of [init, exec]) fifo.open();
    const stat = "stat -L -c %g /proc/self/fd/1";
    const spec = toOciSpec(["/bin/sh", "-c", `${stat}; exec sleep 1000`], { root: sharedRootfs(containerd) });
    await using shim = await DirectShim.start(containerd, id, { spec });
    await shim.create({ ...runcOptions(options), stdout: init.path, stderr: init.path });
    await shim.client.start({ id });
    const value = Buffer.from(JSON.stringify(toOciProcess(["/bin/sh", "-c", stat])));
    await shim.client.exec({
      id,
      exec_id: "e",
      stdout: exec.path,
      stderr: exec.path,
      spec: { type_url: "Process", value },
    });
    await shim.client.start({ id, exec_id: "e" });
    await shim.client.wait({ id, exec_id: "e" });
    for (const fifo of [init, exec]) t.is(await until(() => fifo.read() || false, "a line"), `${group}\n`);
    await shim.client.delete({ id, exec_id: "e" });
  });
}

test("ctr run --uidmap – in a user namespace of its own – runs, its root can open its streams again", async (t) => {
  const flags = ["--uidmap", "0:100000:65536", "--gidmap", "0:200000:65536"];
  const script = "cat /proc/self/uid_map /proc/self/gid_map; echo again >/dev/stdout; echo error >/dev/stderr; exit 7";
  const { status, stdout, stderr } = await containerd.run("mapped", ["/bin/sh", "-c", script], { flags });
  t.is(status, 7, stderr);
  t.regex(stdout, /^ *0 +100000 +65536\n *0 +200000 +65536\n/);
  if (isReference) return; // its streams belong to the host's root
  t.regex(stdout, /again\n$/);
  t.is(stderr, "error\n");
});

// With containerd's own shim the streams belong to the host's root, which the container cannot become.
const beyondReference = isReference ? test.skip : test;

beyondReference("user namespace – a client that names no io uid – the container's root owns its streams", async (t) => {
  const spec = toOciSpec(["/bin/sh", "-c", "echo again >/dev/stdout"], { root: sharedRootfs(containerd) });
  const { linux } = spec as { linux: { namespaces: object[] } };
  const map = [{ containerID: 0, hostID: 500_000, size: 65_536 }];
  await using shim = await DirectShim.start(containerd, "unnamed", {
    spec: {
      ...spec,
      linux: { namespaces: [...linux.namespaces, { type: "user" }], uidMappings: map, gidMappings: map },
    },
  });
  using output = new Fifo(join(containerd.dir, "unnamed-out"));
  output.open();
  await shim.create({ stdout: output.path });
  await shim.client.start({ id: "unnamed" });
  t.is((await shim.client.wait({ id: "unnamed" })).exit_status, 0);
  t.is(await until(() => output.read() || false, "a line"), "again\n");
});

test("ctr task exec – in a container with a user namespace – runs, as the mapped user", async (t) => {
  const flags = ["--uidmap", "0:300000:65536", "--gidmap", "0:400000:65536"];
  await containerd.runDetached("mapped-exec", ["/bin/sleep", "1000"], { flags });
  const { status, stdout } = await containerd.exec("mapped-exec", "e", ["/bin/sh", "-c", "id -u; exit 3"]);
  t.deepEqual([status, stdout], [3, "0\n"]);
  const { pid } = (await containerd.task("mapped-exec")) ?? {};
  t.regex(readFileSync(`/proc/${pid}/status`, "utf8"), /^Uid:\t300000\t/m);
});

test("additional gids – of init and of an exec – are the process's groups", async (t) => {
  const spec = toOciSpec(["/bin/sleep", "1000"], { root: sharedRootfs(containerd) }) as { process: object };
  const user = { uid: 1000, gid: 1000, additionalGids: [5000, 6000] };
  await using shim = await DirectShim.start(containerd, "groups", {
    spec: { ...spec, process: { ...spec.process, user } },
  });
  const { pid } = await shim.create();
  await shim.client.start({ id: "groups" });
  const value = Buffer.from(JSON.stringify({ ...toOciProcess(["/bin/sleep", "1000"]), user }));
  await shim.client.exec({ id: "groups", exec_id: "e", spec: { type_url: "Process", value } });
  const { pid: exec } = await shim.client.start({ id: "groups", exec_id: "e" });
  for (const each of [pid, exec]) t.regex(readFileSync(`/proc/${each}/status`, "utf8"), /^Groups:\t5000 6000 *$/m);
});

test("oom score – of the daemon – is containerd's and one; of a container – its specification's", async (t) => {
  const score = (pid: number) => Number(readFileSync(`/proc/${pid}/oom_score_adj`, "utf8"));
  const spec = toOciSpec(["/bin/sleep", "1000"], { root: sharedRootfs(containerd) }) as { process: object };
  await using shim = await DirectShim.start(containerd, "score", {
    spec: { ...spec, process: { ...spec.process, oomScoreAdj: 321 } },
  });
  const { pid } = await shim.create();
  const { shim_pid: daemon } = await shim.client.connect({ id: "score" });
  t.is(score(daemon), Math.min(1000, score(containerd.pid) + 1));
  t.is(score(pid), 321);
});
