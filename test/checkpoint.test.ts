import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { Code } from "../packages/ttrpc/src/index.ts";
import { toOciSpec, writeRootfs } from "./_support/bundle.ts";
import { Containerd } from "./_support/containerd.ts";
import { Count, checkpointOptions, counting, criuDir, laterRunc } from "./_support/criu.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { readFds } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { refusal } from "./_support/task-client.ts";
import { TerminalClient, toTerminalSpec } from "./_support/terminal-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

// If runc does not know a controller, CRIU reads cgroups that do not belong to the container. Therefore one test at a
// time.
const { serial } = test;
const beyondReference = isReference ? serial.skip : serial;

const modes = ["auto", "pipe"] as const;
const shims = new Map<string, Containerd>();
test.before(async () => {
  for (const mode of modes) {
    const config = `linger = "1s"\n[stdio]\nmode = "${mode}"\n`;
    shims.set(mode, await Containerd.start({ path: [criuDir], config }));
  }
});
test.before(async () => void shims.set("without criu", await Containerd.start()));
test.after.always(async () => {
  for (const containerd of shims.values()) await containerd[Symbol.asyncDispose]();
});

const of = (mode: string): Containerd => shims.get(mode) as Containerd;
const binary = (binary_name: string) => ({
  options: { type_url: "containerd.runc.v1.Options", value: wire.RuncOptions.encode({ binary_name }).finish() },
});

/** Adds this machine's flock(1) and its libraries to a root file system, since busybox has no flock. */
function addFlock(root: string): void {
  const libraries = execFileSync("ldd", ["/usr/bin/flock"], { encoding: "utf8" }).match(/\/\S+/g) ?? [];
  for (const path of ["/usr/bin/flock", ...libraries]) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(path, join(root, path));
  }
}

/** A container that counts into `count`. */
interface Counting {
  readonly id: string;
  readonly count: Count;
  /** Path of the runc that creates it. */
  readonly runc: string;
}

async function start(containerd: Containerd, { id, count, runc }: Counting): Promise<DirectShim> {
  const spec = toOciSpec(counting, { root: sharedRootfs(containerd) });
  const shim = await DirectShim.start(containerd, id, { spec });
  await shim.create({ stdout: count.path, stderr: count.path, ...binary(runc) });
  await shim.client.start({ id });
  await count.goesOn();
  return shim;
}

const runcs = { "the installed runc": "/usr/sbin/runc", "a later runc": laterRunc };
for (const [what, runc] of Object.entries(runcs)) {
  for (const [from, to] of [
    ["auto", "auto"],
    ["pipe", "pipe"],
    ["auto", "pipe"],
    ["pipe", "auto"],
  ] as const) {
    const title = `checkpoint and restore – ${what}, stdio from ${from} to ${to}`;
    serial(`${title} – the restored container continues where the first one ended`, async (t) => {
      const id = `${runc === laterRunc ? "later" : "installed"}-${from}-${to}`;
      using before = new Count(join(of(from).dir, `${id}-before`));
      using after = new Count(join(of(to).dir, `${id}-after`));
      const image = join(of(from).dir, `${id}-image`);
      await using first = await start(of(from), { id, count: before, runc });
      const { pid } = await first.client.state({ id });
      if (!isReference) t.is(readFds(pid).get(1), from === "auto" ? before.path : readFds(pid).get(1));
      await first.client.checkpoint({ id, path: image, ...checkpointOptions({ exit: true }) });
      t.is((await first.client.wait({ id })).exit_status, 137);
      await first.client.delete({ id });
      const last = before.numbers.at(-1) ?? 0;
      const spec = toOciSpec(counting, { root: sharedRootfs(of(from)) });
      await using second = await DirectShim.start(of(to), `${id}-again`, { spec });
      const target = { id: second.id };
      t.is(
        (await second.create({ stdout: after.path, stderr: after.path, checkpoint: image, ...binary(runc) })).pid,
        0,
      );
      t.like(await second.client.state(target), { status: wire.Status.CREATED, pid: 0 });
      const { pid: restored } = await second.client.start(target);
      t.true(restored > 1);
      await after.goesOn();
      t.is(after.numbers[0], last + 1);
      t.like(await second.client.state(target), { status: wire.Status.RUNNING, pid: restored });
      t.true((await second.client.pids(target)).processes.some((each) => each.pid === restored));
      await second.client.kill({ ...target, signal: 9 });
      t.is((await second.client.wait(target)).exit_status, 137);
      t.is((await second.client.delete(target)).exit_status, 137);
      t.false(readdirSync(second.bundle).some((name) => name.startsWith("criu")));
    });
  }
}

serial("checkpoint – nothing else is asked for – the container runs on, and a paused one stays paused", async (t) => {
  using count = new Count(join(of("auto").dir, "on"));
  await using shim = await start(of("auto"), { id: "on", count, runc: laterRunc });
  const { pid } = await shim.client.state({ id: "on" });
  await shim.client.checkpoint({ id: "on", path: join(of("auto").dir, "on-image") });
  await count.goesOn();
  await shim.client.pause({ id: "on" });
  const options = checkpointOptions({
    image_path: join(of("auto").dir, "on-other"),
    work_path: join(shim.bundle, "logs"),
  });
  await shim.client.checkpoint({ id: "on", path: join(of("auto").dir, "unused"), ...options });
  t.like(await shim.client.state({ id: "on" }), { status: wire.Status.PAUSED, pid });
  if (!isReference) t.true(existsSync(join(of("auto").dir, "on-other/inventory.img")), "the options' path goes first");
  t.true(existsSync(join(shim.bundle, "logs/dump.log")), "a work path that was chosen is kept");
  await shim.client.resume({ id: "on" });
  await count.goesOn();
});

beyondReference(
  "checkpoint – a file is locked – refused with CRIU's reason, until locks are allowed; restored as well",
  async (t) => {
    const root = join(of("pipe").dir, "locked-rootfs");
    writeRootfs(root);
    addFlock(root);
    const spec = toOciSpec(["/usr/bin/flock", "/tmp/lock", "/bin/sleep", "1000"], { root });
    const path = join(of("pipe").dir, "locked-image");
    {
      await using shim = await DirectShim.start(of("pipe"), "locked", { spec });
      await shim.create(binary(laterRunc));
      await shim.client.start({ id: "locked" });
      await until(() => readFileSync("/proc/locks", "utf8").includes(lockOf(root)), "the file is locked");
      const refused = await refusal(shim.client.checkpoint({ id: "locked", path: `${path}-not` }));
      t.is(refused?.code, Code.Unknown);
      t.regex(
        refused?.message ?? "",
        /^OCI runtime checkpoint failed: .*criu failed: type DUMP.*--file-locks.*criu-dump\.log/s,
      );
      t.true(existsSync(join(shim.bundle, "criu-dump.log")));
      t.false(existsSync(join(shim.bundle, "criu-work")));
      t.is((await shim.client.state({ id: "locked" })).status, wire.Status.RUNNING);
      await shim.client.checkpoint({ id: "locked", path, ...checkpointOptions({ file_locks: true, exit: true }) });
      await shim.client.wait({ id: "locked" });
      await shim.client.delete({ id: "locked" });
    }
    await using again = await DirectShim.start(of("pipe"), "locked-again", { spec });
    await again.create({ checkpoint: path, ...binary(laterRunc) });
    await again.client.start({ id: "locked-again" });
    t.is((await again.client.state({ id: "locked-again" })).status, wire.Status.RUNNING);
  },
);

beyondReference("checkpoint – states in which there is nothing to be written – refused", async (t) => {
  await using shim = await DirectShim.start(of("pipe"), "states");
  const { client } = shim;
  const request = { id: "states", path: join(of("pipe").dir, "states-image") };
  t.like(await refusal(client.checkpoint(request)), { code: Code.NotFound });
  await shim.create();
  const created = { code: Code.Unknown, message: "cannot checkpoint a task in created state" };
  t.like(await refusal(client.checkpoint(request)), created);
  await client.start({ id: "states" });
  for (const [fields, message] of [
    [{ path: "image" }, /path "image" of the checkpoint is not an absolute path/],
    [{ path: "" }, /path "" of the checkpoint is not an absolute path/],
    [{ options: { type_url: "x.Y", value: Buffer.from([1]) } }, /checkpoint options of type x\.Y are not supported/],
    [checkpointOptions({ work_path: "work" }), /work path "work" of the checkpoint is not an absolute path/],
  ] as const) {
    const refused = await refusal(client.checkpoint({ ...request, ...fields }));
    t.is(refused?.code, Code.InvalidArgument);
    t.regex(refused?.message ?? "", message);
  }
  await client.kill({ id: "states", signal: 9 });
  await client.wait({ id: "states" });
  t.like(await refusal(client.checkpoint(request)), { message: "cannot checkpoint a stopped container" });
});

beyondReference(
  "restore – no image, or not one of CRIU's – refused at Create, or at Start with CRIU's reason; nothing is left",
  async (t) => {
    await using shim = await DirectShim.start(of("pipe"), "no-image");
    const { client, id } = shim;
    for (const checkpoint of ["/does/not/exist", "image", "/etc/passwd"]) {
      t.is((await refusal(shim.create({ checkpoint })))?.code, Code.InvalidArgument, checkpoint);
    }
    const image = join(of("pipe").dir, "empty-image");
    mkdirSync(image);
    await shim.create({ checkpoint: image, ...binary(laterRunc) });
    const exec = { id, exec_id: "e", spec: { type_url: "Process", value: Buffer.from("{}") } };
    t.like(await refusal(client.exec(exec)), { message: "cannot exec in a created state" });
    t.is((await refusal(client.pause({ id })))?.code, Code.Unknown);
    t.is((await refusal(client.stats({ id })))?.code, Code.NotFound);
    t.true((await client.pids({ id })).processes.length > 0);
    const refused = await refusal(client.start({ id }));
    t.is(refused?.code, Code.Unknown);
    t.regex(refused?.message ?? "", /^OCI runtime restore failed: /);
    t.like(await client.state({ id }), { status: wire.Status.CREATED, pid: 0 });
    const waiting = client.wait({ id });
    t.is((await client.delete({ id })).pid, 0);
    t.is((await waiting).exit_status, 0);
    t.deepEqual(
      readdirSync(shim.bundle).filter((name) => name === "criu-work" || name === "criu.conf"),
      [],
    );
  },
);

beyondReference("restore – a terminal – is a new one of the client's", async (t) => {
  const containerd = of("auto");
  const spec = toTerminalSpec(counting, sharedRootfs(containerd));
  const image = join(containerd.dir, "terminal-image");
  let last = 0;
  {
    using terminal = new TerminalClient(join(containerd.dir, "terminal-1"));
    await using shim = await DirectShim.start(containerd, "terminal", { spec });
    await shim.create({ ...terminal.fields, ...binary(laterRunc) });
    await shim.client.start({ id: "terminal" });
    await terminal.shows("3\n");
    await shim.client.checkpoint({ id: "terminal", path: image, ...checkpointOptions({ exit: true }) });
    await shim.client.wait({ id: "terminal" });
    await terminal.ended;
    last = Number(terminal.text.trim().split("\n").at(-1));
    await shim.client.delete({ id: "terminal" });
  }
  using terminal = new TerminalClient(join(containerd.dir, "terminal-2"));
  await using again = await DirectShim.start(containerd, "terminal-again", { spec });
  await again.create({ ...terminal.fields, checkpoint: image, ...binary(laterRunc) });
  await again.client.start({ id: "terminal-again" });
  t.true(last >= 3);
  await terminal.shows(`${last + 1}\n`);
});

beyondReference("criu_path – of containerd 1.6's options – is where CRIU is looked for", async (t) => {
  const containerd = of("without criu");
  using count = new Count(join(containerd.dir, "criu-path"));
  const spec = toOciSpec(counting, { root: sharedRootfs(containerd) });
  for (const [id, criu_path] of [
    ["found", join(criuDir, "criu")],
    ["missing", "/does/not/exist/criu"],
  ] as const) {
    await using shim = await DirectShim.start(containerd, id, { spec });
    const value = wire.RuncOptions.encode({ criu_path, binary_name: laterRunc }).finish();
    await shim.create({
      stdout: count.path,
      stderr: count.path,
      options: { type_url: "containerd.runc.v1.Options", value },
    });
    await shim.client.start({ id });
    const refused = await refusal(shim.client.checkpoint({ id, path: join(containerd.dir, `${id}-image`) }));
    t.is(refused?.message, id === "found" ? undefined : `criu_path ${criu_path} does not exist`);
  }
});

serial(
  "ctr container checkpoint, ctr container restore --live – the event is sent, the restored task counts on",
  async (t) => {
    const containerd = of("auto");
    await using events = await CtrEvents.open(containerd);
    // ctr cannot restore a container that has no options of its own.
    const options = join(containerd.dir, "options.toml");
    writeFileSync(options, "");
    await containerd.runDetached("count", counting, { flags: isReference ? [] : ["--runtime-config-path", options] });
    await containerd.ctrOk("container", "checkpoint", "--task", "--rw", "--image", "count", "check:1");
    if (!isReference) t.regex(String((await events.next("count", "/tasks/checkpointed")).fields["checkpoint"]), /^\//);
    t.is((await containerd.task("count"))?.status, "RUNNING");
    await containerd.ctrOk("container", "restore", "--rw", "--live", "again", "check:1");
    const restored = await containerd.task("again");
    t.is(restored?.status, "RUNNING");
    t.true(Number(restored?.pid) > 1);
    const { fields } = await events.next("again", "/tasks/create");
    t.regex(String(fields["checkpoint"]), /^\//);
    await events.next("again", "/tasks/start");
  },
);

const lockOf = (root: string): string => `:${statSync(join(root, "tmp/lock")).ino} `;
