import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { identify, isRunning } from "../../../src/native/proc.ts";
import { wire } from "../../../src/proto/gen/wire.js";
import { Distribution } from "../../_support/distribution.ts";
import {
  createTask,
  deleteTask,
  FakeContainerd,
  finish,
  type Outcome,
  pidBehind,
  readText,
} from "../../_support/fake-containerd.ts";
import { Fifo } from "../../_support/fifo.ts";
import { HangingFs } from "../../_support/hanging-fs.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { until } from "../../_support/until.ts";

/** Returns `[pid, exit status]`. The output must be the bytes of a DeleteResponse and nothing else. */
function read({ stdout, stderr, status }: Outcome): [number, number] {
  if (status !== 0 || stderr !== "") throw new Error(`status ${status}: ${stderr}`);
  const response = wire.DeleteResponse.decode(stdout);
  return [response.pid, response.exit_status];
}

const claim = (containerd: FakeContainerd, id: string) => join(containerd.daemons()[0] ?? "", "claims", id);

test.serial("delete – cleans up and answers with that, also a second time – daemon killed", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  process.kill(await pidBehind(address), "SIGKILL");
  await until(() => containerd.pids().length === 0);
  writeFileSync(join(containerd.bundle("c1"), "init.pid"), "4711");
  t.deepEqual(read(await containerd.delete()), [4711, 137]);
  t.deepEqual(containerd.daemons(), []);
  t.deepEqual(read(await containerd.delete()), [4711, 137]);
  t.is(readText(join(containerd.bundle("c1"), "cleaned-up")), "runcrunc");
});

test.serial("delete – no directory but the bundle's is taken for it – bundle removed, or never made", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  t.deepEqual(read(await containerd.delete({ id: "gone" })), [0, 137]);
});

test.serial("delete – the adapter is the one in the bundle's record – called through another launcher", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const bundle = containerd.makeBundle({});
  writeFileSync(join(bundle, "shim-binary-path"), "/usr/local/bin/containerd-shim-dunnage-crun-v1");
  t.deepEqual(read(await containerd.delete()), [0, 137]);
  t.is(readText(join(bundle, "cleaned-up")), "crun");
});

test.serial("delete – asks the daemon, which lives on – the daemon still has the container", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  await containerd.start({ id: "c2" });
  await createTask(address, "c1");
  await createTask(address, "c2");
  t.deepEqual(read(await containerd.delete()), [42, 7]);
  t.false(existsSync(claim(containerd, "c1")));
  t.true(existsSync(claim(containerd, "c2")));
  t.false(existsSync(join(containerd.bundle("c1"), "cleaned-up")));
  t.deepEqual([await pidBehind(address)], containerd.pids());
});

test.serial("delete – takes the claim back and cleans up – Create failed or never came", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  t.true(existsSync(claim(containerd, "c1")));
  t.deepEqual(read(await containerd.delete()), [0, 137]);
  t.false(existsSync(claim(containerd, "c1")));
  t.deepEqual([await pidBehind(address)], containerd.pids());
});

test.serial("delete – cleans up by itself in time – the daemon hangs", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  await createTask(address, "c1");
  process.kill(await pidBehind(address), "SIGSTOP");
  t.deepEqual(read(await containerd.delete()), [0, 137]);
  t.true(existsSync(join(containerd.bundle("c1"), "cleaned-up")));
});

test.serial("delete – leaves the container of that name alone – another namespace, another containerd", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  await createTask(address, "c1");
  t.deepEqual(read(await containerd.delete({ namespace: "other" })), [0, 137]);
  t.deepEqual(read(await containerd.delete({ address: "/run/other.sock" })), [0, 137]);
  t.true(existsSync(claim(containerd, "c1")));
});

test.serial("delete – does not print what is no saved answer – half-written file", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const bundle = containerd.makeBundle({});
  for (const content of ["", "\n", "%s", "garbage\n"]) {
    writeFileSync(join(bundle, "dunnage.deleted"), content);
    t.deepEqual(read(await containerd.delete()), [0, 137]);
  }
});

test.serial("delete – cleans up, and says on stderr what is wrong – the configuration", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const bundle = containerd.makeBundle({});
  rmSync(join(distribution.lib, "build-id"));
  containerd.configure("nonsense");
  const { stderr, ...outcome } = await containerd.delete();
  t.deepEqual(read({ ...outcome, stderr: "" }), [0, 137]);
  t.regex(stderr, /^cleaned up without the configuration, which is wrong:\n\S+config\.toml:1:/);
  t.is(readText(join(bundle, "cleaned-up")), "runc");
});

test.serial("delete – status 1 and the reason – an id that is no file name", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { status, stdout, stderr } = await containerd.run([
    "-namespace",
    "n",
    "-address",
    "/a",
    "-id",
    "../x",
    "delete",
  ]);
  t.deepEqual([status, stdout.length, stderr], [1, 0, 'invalid id "../x"\n']);
});

/** Files that hang in opening. The second one hangs beyond SIGKILL. */
const hangingFiles = [
  ["dash", "a FIFO without a writer", (dir: TempDir, _: HangingFs) => new Fifo(dir.join("fifo")).path],
  ["busybox", "a file whose server does not answer", (_: TempDir, fs: HangingFs) => fs.join("open")],
] as const;

for (const [shell, what, pathOf] of hangingFiles) {
  test.serial(`delete – answers – a thread hangs in opening ${what}`, async (t) => {
    using distribution = new Distribution({ shell });
    await using containerd = await FakeContainerd.start(distribution);
    using dir = new TempDir();
    using fs = new HangingFs();
    containerd.makeBundle({});
    t.deepEqual(read(await containerd.delete({ env: { STUB_HANGING_FILE: pathOf(dir, fs) } })), [0, 137]);
  });

  test.serial(`daemon – ends – a thread hangs in opening ${what}`, async (t) => {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution, 'linger = "1ms"\n');
    using dir = new TempDir();
    using fs = new HangingFs();
    const { address } = await containerd.start({ env: { STUB_HANGING_FILE: pathOf(dir, fs) } });
    await createTask(address, "c1");
    await deleteTask(address, "c1");
    await containerd.untilAllEnded();
    t.pass();
  });
}

test.serial("delete – its process ends with the launcher – containerd kills that", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const bundle = containerd.makeBundle({});
  const child = containerd.spawnDelete({ env: { STUB_CLEAN_UP_HANGS: "1" } });
  const pidFile = join(bundle, "cleaning-up");
  await until(() => existsSync(pidFile) && readText(pidFile) !== "");
  const worker = identify(Number(readText(pidFile)));
  child.kill("SIGKILL");
  t.is((await finish(child)).status, null);
  t.false(worker !== undefined && isRunning(worker));
});
