import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import type { Mount } from "../../src/mount/mount.ts";
import { mountRootfs, unmountRootfs } from "../../src/mount/rootfs.ts";
import { commandLockFd } from "../../src/reaper/command-lock.ts";
import { MountPoint } from "../_support/mount-point.ts";
import { ShimProcess } from "../_support/shim-process.ts";
import { noFreeDescriptors } from "../_support/shortage.ts";

const shim = new ShimProcess();
test.after.always(() => shim[Symbol.dispose]());

const never = new AbortController().signal;
const mount = (fields: Partial<Mount>): Mount => ({ type: "bind", source: "", target: "", options: [], ...fields });
const tmpfs = (target = ""): Mount => mount({ type: "tmpfs", source: "tmpfs", target, options: ["size=1m"] });

test("mountRootfs – no mounts – makes nothing", async (t) => {
  using place = new MountPoint();
  await mountRootfs({ mounts: [], rootfs: place.rootfs }, shim, never);
  t.false(existsSync(place.rootfs));
});

test("mountRootfs – overlay – layers below, writes above; unmounted twice", async (t) => {
  using place = new MountPoint();
  writeFileSync(join(place.directory("lower"), "below"), "1");
  const upper = place.directory("upper");
  const options = [`lowerdir=${place.join("lower")}`, `upperdir=${upper}`, `workdir=${place.directory("work")}`];
  await mountRootfs(
    { mounts: [mount({ type: "overlay", source: "overlay", options })], rootfs: place.rootfs },
    shim,
    never,
  );
  t.deepEqual(place.mounted(), [place.rootfs]);
  t.is(readFileSync(join(place.rootfs, "below"), "utf8"), "1");
  writeFileSync(join(place.rootfs, "above"), "2");
  t.true(existsSync(join(upper, "above")));
  await unmountRootfs(place.rootfs, shim, never);
  await unmountRootfs(place.rootfs, shim, never);
  t.deepEqual(place.mounted(), []);
});

test.serial(
  "unmountRootfs – no free descriptor – all mounts of the rootfs go, and a second time is no error",
  async (t) => {
    using place = new MountPoint();
    await mountRootfs({ mounts: [tmpfs(), tmpfs()], rootfs: place.rootfs }, shim, never);
    mkdirSync(join(place.rootfs, "below"));
    await mountRootfs({ mounts: [tmpfs("/below")], rootfs: place.rootfs }, shim, never);
    t.is(place.mounted().length, 3);
    for (const _time of ["first", "second"]) {
      using _ = noFreeDescriptors();
      await unmountRootfs(place.rootfs, shim, never);
    }
    t.deepEqual(place.mounted(), []);
  },
);

test("mountRootfs – overlay, options of snapshotters, propagation – all reach the kernel", async (t) => {
  using place = new MountPoint();
  const [upper, work] = [place.directory("upper"), place.directory("work")];
  const dirs = [`lowerdir=${place.directory("lower")}`, `upperdir=${upper}`, `workdir=${work}`];
  const options = ["index=on", "userxattr", "volatile", "nosuid", "noatime", "private", ...dirs];
  await mountRootfs(
    { mounts: [mount({ type: "overlay", source: "overlay", options })], rootfs: place.rootfs },
    shim,
    never,
  );
  const line = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .find((text) => text.includes(place.rootfs));
  const [, flags = "", data = ""] = / (\S+) - overlay overlay (\S+)$/.exec(line ?? "") ?? [];
  t.is(flags, "rw,nosuid,noatime"); // without "shared:N" after it
  t.deepEqual(
    ["index=on", "userxattr"].filter((option) => !data.split(",").includes(option)),
    [],
  );
  t.true(existsSync(join(work, "work", "incompat", "volatile")));
  await unmountRootfs(place.rootfs, shim, never);
});

test("mountRootfs – overlay with options over a page – every layer is there", async (t) => {
  using place = new MountPoint();
  const names = Array.from({ length: 60 }, (_, i) => join("snapshots", `${"long-name-".repeat(5)}${i}`, "fs"));
  for (const [i, name] of names.entries()) writeFileSync(join(place.directory(name), `file-${i}`), "");
  const lowerdir = `lowerdir=${names.map((name) => place.join(name)).join(":")}`;
  t.true(lowerdir.length > 4096);
  const overlay = mount({ type: "overlay", source: "overlay", options: [lowerdir] });
  await mountRootfs({ mounts: [overlay], rootfs: place.rootfs }, shim, never);
  t.is(readdirSync(place.rootfs).length, names.length);
  await unmountRootfs(place.rootfs, shim, never);
  t.deepEqual(place.mounted(), []);
});

test("mountRootfs – bind read-only – refuses writes, sees what is mounted below with rbind", async (t) => {
  using place = new MountPoint();
  const source = place.directory("source");
  mkdirSync(join(source, "sub"));
  await mountRootfs({ mounts: [tmpfs()], rootfs: join(source, "sub") }, shim, never);
  writeFileSync(join(source, "sub", "file"), "x");
  await mountRootfs({ mounts: [mount({ source, options: ["rbind", "ro"] })], rootfs: place.rootfs }, shim, never);
  t.throws(() => writeFileSync(join(place.rootfs, "file"), ""), { code: "EROFS" });
  t.is(readFileSync(join(place.rootfs, "sub", "file"), "utf8"), "x");
  await unmountRootfs(place.rootfs, shim, never);
  t.deepEqual(place.mounted(), [join(source, "sub")]);
  await unmountRootfs(join(source, "sub"), shim, never);
});

test("mountRootfs – bind read-write – writes reach the source", async (t) => {
  using place = new MountPoint();
  const source = place.directory("source");
  await mountRootfs({ mounts: [mount({ source, options: ["rbind", "rw"] })], rootfs: place.rootfs }, shim, never);
  writeFileSync(join(place.rootfs, "file"), "");
  t.true(existsSync(join(source, "file")));
  await unmountRootfs(place.rootfs, shim, never);
});

test("mountRootfs – tmpfs – its flags and data; the directory has mode 0711", async (t) => {
  using place = new MountPoint();
  await mountRootfs(
    { mounts: [{ ...tmpfs(), options: ["nosuid", "noexec", "size=64k", "mode=750"] }], rootfs: place.rootfs },
    shim,
    never,
  );
  const line = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .find((text) => text.includes(place.rootfs));
  t.regex(line ?? "", /nosuid,noexec.*size=64k,mode=750/);
  await unmountRootfs(place.rootfs, shim, never);
  t.is(statSync(place.rootfs).mode & 0o777, 0o711);
});

const loopTest = existsSync("/dev/loop-control") && existsSync("/usr/sbin/mkfs.ext4") ? test : test.skip;
loopTest("mountRootfs – loop – an image file; its device is free again after the unmount", async (t) => {
  using place = new MountPoint();
  const image = place.join("image");
  execFileSync("truncate", ["-s", "1M", image]);
  execFileSync("/usr/sbin/mkfs.ext4", ["-q", "-F", image]);
  await mountRootfs(
    { mounts: [mount({ type: "ext4", source: image, options: ["ro", "loop"] })], rootfs: place.rootfs },
    shim,
    never,
  );
  t.true(existsSync(join(place.rootfs, "lost+found")));
  await unmountRootfs(place.rootfs, shim, never);
  t.is(execFileSync("/usr/sbin/losetup", ["-j", image], { encoding: "utf8" }), "");
});

test("mountRootfs – targets – in order, inside the rootfs even through links, all unmounted", async (t) => {
  using place = new MountPoint();
  const source = place.directory("source");
  place.directory("source/sub");
  place.directory("source/escape-here");
  symlinkSync("../../../../../../escape-here", join(source, "link"));
  const mounts = [mount({ source, options: ["bind"] }), tmpfs("/sub"), tmpfs("link"), tmpfs("sub/../sub")];
  await mountRootfs({ mounts, rootfs: place.rootfs }, shim, never);
  t.deepEqual(
    place.mounted(),
    ["", "sub", "escape-here", "sub"].map((name) => join(place.rootfs, name)),
  );
  await unmountRootfs(place.rootfs, shim, never);
  t.deepEqual(place.mounted(), []);
});

test("mountRootfs – a later mount fails – the earlier ones are undone, what was there before stays", async (t) => {
  using place = new MountPoint();
  await mountRootfs({ mounts: [tmpfs()], rootfs: place.rootfs }, shim, never);
  mkdirSync(join(place.rootfs, "sub"));
  const broken = mount({ source: place.join("nonexistent"), options: ["bind"] });
  const error = await t.throwsAsync<StatusError>(
    mountRootfs({ mounts: [tmpfs("sub"), tmpfs("sub"), broken], rootfs: place.rootfs }, shim, never),
  );
  t.is(error.code, Code.Unknown);
  t.regex(error.message, /failed to mount rootfs component: bind .*nonexistent on .*rootfs: .*does not exist/);
  t.deepEqual(place.mounted(), [place.rootfs]);
  await unmountRootfs(place.rootfs, shim, never);
});

test("mountRootfs – an unknown type, a target that does not exist, an option that is not ours – errors, nothing left", async (t) => {
  using place = new MountPoint();
  const rows = [
    [mount({ type: "nosuchfs", source: "x" }), Code.Unknown, /nosuchfs/],
    [tmpfs("missing/dir"), Code.Unknown, /missing\/dir/],
    [mount({ type: "tmpfs", options: ["X-containerd.x"] }), Code.InvalidArgument, /X-containerd/],
    [mount({ type: "fuse.nosuch", source: "x" }), Code.Unknown, /mount\.fuse|nosuch/],
    [mount({ type: "bind", source: "/a\0b" }), Code.InvalidArgument, /NUL character in "\/a\\u0000b"/],
  ] as const;
  for (const [broken, code, message] of rows) {
    const error = await t.throwsAsync<StatusError>(
      mountRootfs({ mounts: [tmpfs(), broken], rootfs: place.rootfs }, shim, never),
      {
        message,
      },
    );
    t.is(error.code, code);
    t.deepEqual(place.mounted(), []);
  }
});

test("mountRootfs – aborted – what was mounted is undone, the reason comes through", async (t) => {
  using place = new MountPoint();
  const controller = new AbortController();
  const commands = {
    run: async (...args: Parameters<typeof shim.commands.run>) => {
      const result = await shim.commands.run(...args);
      controller.abort(new Error("enough"));
      return result;
    },
  };
  const mounts = mountRootfs(
    { mounts: [tmpfs(), tmpfs()], rootfs: place.rootfs },
    { ...shim, commands },
    controller.signal,
  );
  await t.throwsAsync(mounts, { message: "enough" });
  t.deepEqual(place.mounted(), []);
});

test("mountRootfs – the command – holds the bundle's lock, to be found after a crash", async (t) => {
  using place = new MountPoint();
  const seen: (readonly [number, string])[] = [];
  const commands = {
    run: (...[command, signal]: Parameters<typeof shim.commands.run>) => {
      seen.push(...(command.inherit ?? []).map(([from, to]) => [to, readlinkSync(`/proc/self/fd/${from}`)] as const));
      return shim.commands.run(command, signal);
    },
  };
  await mountRootfs({ mounts: [tmpfs()], rootfs: place.rootfs }, { ...shim, commands }, never);
  t.deepEqual(seen, [[commandLockFd, place.join("dunnage.lock")]]);
  await unmountRootfs(place.rootfs, shim, never);
});

test("mountRootfs – bundle without its directory – an error that names it", async (t) => {
  using place = new MountPoint();
  await t.throwsAsync(mountRootfs({ mounts: [tmpfs()], rootfs: place.join("no/rootfs") }, shim, never), {
    message: /no\/rootfs/,
  });
});

test("unmountRootfs – busy – waits until it is free", async (t) => {
  using place = new MountPoint();
  await mountRootfs({ mounts: [tmpfs()], rootfs: place.rootfs }, shim, never);
  const fd = openSync(join(place.rootfs, "open"), "w");
  setTimeout(() => closeSync(fd), 200);
  await unmountRootfs(place.rootfs, shim, never);
  t.deepEqual(place.mounted(), []);
});

test("unmountRootfs – busy for good – an error that says so", async (t) => {
  using place = new MountPoint();
  await mountRootfs({ mounts: [tmpfs()], rootfs: place.rootfs }, shim, never);
  const fd = openSync(join(place.rootfs, "open"), "w");
  await t.throwsAsync(unmountRootfs(place.rootfs, shim, never), { message: /failed to unmount .*busy/ });
  closeSync(fd);
});

test("unmountRootfs – names with spaces, a bundle behind a link, stacked mounts – all found", async (t) => {
  using place = new MountPoint();
  const bundle = place.directory("a bundle\twith\\odd#characters é");
  symlinkSync(bundle, place.join("link"));
  const rootfs = join(place.join("link"), "rootfs");
  await mountRootfs({ mounts: [tmpfs(), tmpfs(), tmpfs()], rootfs }, shim, never);
  t.is(place.mounted().length, 3);
  t.is(place.mounted()[0], join(bundle, "rootfs"));
  await unmountRootfs(rootfs, shim, never);
  t.deepEqual(place.mounted(), []);
});

test("unmountRootfs – a sibling whose name begins alike – stays", async (t) => {
  using place = new MountPoint();
  await mountRootfs({ mounts: [tmpfs()], rootfs: `${place.rootfs}2` }, shim, never);
  await mountRootfs({ mounts: [tmpfs()], rootfs: place.rootfs }, shim, never);
  await unmountRootfs(place.rootfs, shim, never);
  t.deepEqual(place.mounted(), [`${place.rootfs}2`]);
});

test("unmountRootfs – no such bundle – nothing to do", async (t) => {
  using place = new MountPoint();
  await t.notThrowsAsync(unmountRootfs(place.join("gone/rootfs"), shim, never));
});
