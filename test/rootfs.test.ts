import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { toOciSpec, writeRootfs } from "./_support/bundle.ts";
import { runCommand, runCommandOk } from "./_support/command.ts";
import { Containerd } from "./_support/containerd.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { readMounts } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";

checkLeaks(test);

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

interface Mount {
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
  readonly target?: string;
}

/** Runs a script in a container with these mounts; returns its exit status. Throws if a mount is left afterwards. */
async function runWith(id: string, script: string, rootfs: readonly Mount[]): Promise<number> {
  await using shim = await DirectShim.start(containerd, id, { spec: toOciSpec(["/bin/sh", "-c", script]) });
  await shim.create({ rootfs: rootfs.map((mount) => ({ ...mount, options: [...mount.options] })) });
  await shim.client.start({ id });
  const { exit_status } = await shim.client.wait({ id });
  await shim.client.delete({ id });
  const left = readMounts(`${shim.bundle}/`);
  if (left.length > 0) throw new Error(`still mounted: ${left}`);
  return exit_status;
}

function makeDirs(...names: readonly string[]): readonly string[] {
  return names.map((name) => {
    const path = join(containerd.dir, name);
    mkdirSync(path, { recursive: true });
    return path;
  });
}

test("rootfs – overlay – is mounted for the container and unmounted by Delete", async (t) => {
  const [upper, work] = makeDirs("overlay/upper", "overlay/work");
  const options = [`lowerdir=${sharedRootfs(containerd)}`, `upperdir=${upper}`, `workdir=${work}`];
  t.is(await runWith("overlay", "echo hi > /made; exit 9", [{ type: "overlay", source: "overlay", options }]), 9);
  t.is(readFileSync(join(upper ?? "", "made"), "utf8"), "hi\n");
});

test("rootfs – overlay with options of more than a page – is mounted with every layer", async (t) => {
  const parent = `layers/${"long-name-".repeat(8)}`;
  const lower = makeDirs(...Array.from({ length: 64 }, (_, index) => `${parent}/${index}`));
  for (const [index, dir] of lower.entries()) writeFileSync(join(dir, `layer-${index}`), "");
  const base = join(containerd.dir, parent, "base");
  writeRootfs(base);
  const lowerdir = `lowerdir=${[...lower, base].join(":")}`;
  t.true(lowerdir.length > 4096);
  const [upper, work] = makeDirs("layers-upper", "layers-work");
  const options = [lowerdir, `upperdir=${upper}`, `workdir=${work}`];
  const script = "set -- /layer-*; exit $#";
  t.is(await runWith("layers", script, [{ type: "overlay", source: "overlay", options }]), 64);
});

test("rootfs – bind, read-only – cannot be written to", async (t) => {
  const options = ["rbind", "ro"];
  const script = "touch /made 2>/dev/null && exit 1; exit 8";
  t.is(await runWith("bind-ro", script, [{ type: "bind", source: sharedRootfs(containerd), options }]), 8);
  t.false(existsSync(join(sharedRootfs(containerd), "made")));
});

test("rootfs – bind, writable – what the container writes is in its source", async (t) => {
  const options = ["rbind", "rw"];
  t.is(await runWith("bind", "echo x > /bound", [{ type: "bind", source: sharedRootfs(containerd), options }]), 0);
  t.true(existsSync(join(sharedRootfs(containerd), "bound")));
  rmSync(join(sharedRootfs(containerd), "bound"));
});

test("rootfs – two mounts, the second one on top – unmounts both", async (t) => {
  const bind = { type: "bind", source: sharedRootfs(containerd), options: ["rbind", "rw"] };
  const [upper, work] = makeDirs("top/upper", "top/work");
  const options = [`lowerdir=${sharedRootfs(containerd)}`, `upperdir=${upper}`, `workdir=${work}`];
  t.is(await runWith("two", "exit 6", [bind, { type: "overlay", source: "overlay", options }]), 6);
});

// The API of containerd 1.6 has no target, so its own shim does not know this field.
const withTarget = isReference ? test.skip : test;
withTarget("rootfs – tmpfs at a target – is mounted inside the root file system", async (t) => {
  const [upper, work] = makeDirs("target/upper", "target/work");
  const options = [`lowerdir=${sharedRootfs(containerd)}`, `upperdir=${upper}`, `workdir=${work}`];
  const tmpfs = { type: "tmpfs", source: "tmpfs", options: ["size=1m"], target: "tmp" };
  const script = "grep -q ' /tmp tmpfs ' /proc/mounts && exit 5; exit 1";
  t.is(await runWith("target", script, [{ type: "overlay", source: "overlay", options }, tmpfs]), 5);
});

test("rootfs – loop device – an image file is mounted, its device is free afterwards", async (t) => {
  const image = join(containerd.dir, "loop.img");
  await runCommandOk("mkfs.ext4", ["-q", "-O", "^has_journal", "-d", sharedRootfs(containerd), image, "16M"]);
  const devices = async () => (await runCommand("losetup", ["-j", image])).stdout;
  t.is(await runWith("loop", "exit 4", [{ type: "ext4", source: image, options: ["loop", "ro"] }]), 4);
  t.is(await devices(), "");
});

test("rootfs – `delete` is executed because the shim died – it is unmounted", async (t) => {
  await using other = await Containerd.start();
  await using shim = await DirectShim.start(other, "abandoned", { spec: toOciSpec(["/bin/sleep", "1000"]) });
  const source = sharedRootfs(other);
  await shim.create({ rootfs: [{ type: "bind", source, options: ["rbind", "rw"] }] });
  t.is(readMounts(`${shim.bundle}/`).length > 0, true);
  const { shim_pid } = await shim.client.connect({ id: shim.id });
  process.kill(shim_pid, "SIGKILL");
  await shim.client.closed;
  t.is((await shim.executeDelete()).status, 0);
  t.deepEqual(readMounts(`${shim.bundle}/`), []);
});
