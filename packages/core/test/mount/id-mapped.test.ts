import { chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { idMappedLayersPath, supportsIdMapping } from "../../src/mount/id-mapped.ts";
import type { Mount } from "../../src/mount/mount.ts";
import { mountRootfs, unmountRootfs } from "../../src/mount/rootfs.ts";
import type { MountClone } from "../../src/native/libc.ts";
import { MountPoint } from "../_support/mount-point.ts";
import { openFiles } from "../_support/open-files.ts";
import { ShimProcess } from "../_support/shim-process.ts";
import { TempDir } from "../_support/temp-dir.ts";

const shim = new ShimProcess();
test.after.always(() => shim[Symbol.dispose]());

const never = new AbortController().signal;
const mapping = ["uidmap=0:1000:10,20:2000:30", "gidmap=0:3000:65536"];
const nobody = 65_534;

/** Makes a layer with one file per owner; the owner is the file's name. */
function makeLayer(place: MountPoint, name: string, owners: readonly number[] = [0, 25, 500]): string {
  const dir = place.directory(name);
  for (const owner of owners) {
    writeFileSync(join(dir, String(owner)), "");
    chownSync(join(dir, String(owner)), owner, owner);
  }
  return dir;
}

function overlay(place: MountPoint, lowerDirs: readonly string[], ...more: readonly string[]): Mount {
  const [upper, work] = [place.directory("upper"), place.directory("work")];
  const options = [...more, `lowerdir=${lowerDirs.join(":")}`, `upperdir=${upper}`, `workdir=${work}`];
  return { type: "overlay", source: "overlay", target: "", options };
}

const ownerOf = (path: string): readonly number[] => [statSync(path).uid, statSync(path).gid];

/** Returns whether only `mounts` are mounted, no file of ours is left in the bundle, and every descriptor is closed. */
function leavesNothing(place: MountPoint, mounts: readonly string[] = []): boolean {
  const bundle = place.join();
  return place.mounted().join() === mounts.join() && !existsSync(idMappedLayersPath(bundle));
}

test.serial("mountRootfs – overlay, uidmap and gidmap – owners in the layers are mapped, range by range", async (t) => {
  using place = new MountPoint();
  const layers = [makeLayer(place, "snapshots/2/fs"), makeLayer(place, "snapshots/1/fs", [0, 9])];
  const before = openFiles();
  await mountRootfs({ mounts: [overlay(place, layers, ...mapping)], rootfs: place.rootfs }, shim, never);
  t.deepEqual(openFiles(), before);
  t.true(leavesNothing(place, [place.rootfs]));
  const owners = ["0", "9", "25", "500"].map((name) => [name, ...ownerOf(join(place.rootfs, name))]);
  t.deepEqual(owners, [
    ["0", 1000, 3000],
    ["9", 1009, 3009],
    ["25", 2005, 3025],
    ["500", nobody, 3500],
  ]);
  t.deepEqual(ownerOf(join(layers[0] ?? "", "0")), [0, 0]);
  writeFileSync(join(place.rootfs, "made"), "");
  t.deepEqual(readdirSync(place.join("upper")), ["made"]);
  await unmountRootfs(place.rootfs, shim, never);
  t.true(leavesNothing(place));
});

test.serial("mountRootfs – id-mapped overlay of a hundred layers – every layer is there", async (t) => {
  using place = new MountPoint();
  const layers = Array.from({ length: 100 }, (_, i) => makeLayer(place, `${"long-name-".repeat(5)}${i}`, [i]));
  await mountRootfs({ mounts: [overlay(place, layers, ...mapping)], rootfs: place.rootfs }, shim, never);
  t.is(readdirSync(place.rootfs).length, layers.length);
  t.deepEqual(ownerOf(join(place.rootfs, "49")), [2029, 3049]);
  t.true(leavesNothing(place, [place.rootfs]));
  await unmountRootfs(place.rootfs, shim, never);
});

test.serial("mountRootfs – id-mapped bind, read-only – owners are mapped, writes refused, all unmounted", async (t) => {
  using place = new MountPoint();
  const source = makeLayer(place, "source");
  const bind = { type: "bind", source, target: "", options: ["rbind", "ro", ...mapping] };
  await mountRootfs({ mounts: [bind], rootfs: place.rootfs }, shim, never);
  t.deepEqual(ownerOf(join(place.rootfs, "25")), [2005, 3025]);
  t.throws(() => writeFileSync(join(place.rootfs, "made"), ""), { code: "EROFS" });
  await unmountRootfs(place.rootfs, shim, never);
  t.true(leavesNothing(place));
});

test.serial("mountRootfs – id-mapped bind, writable – what root in the container writes belongs to root", async (t) => {
  using place = new MountPoint();
  const source = makeLayer(place, "source");
  const bind = { type: "bind", source, target: "", options: ["rbind", "rw", ...mapping] };
  await mountRootfs({ mounts: [bind], rootfs: place.rootfs }, shim, never);
  chownSync(join(place.rootfs, "25"), 1000, 3000);
  t.deepEqual(ownerOf(join(source, "25")), [0, 0]);
  await unmountRootfs(place.rootfs, shim, never);
  t.true(leavesNothing(place));
});

test.serial(
  "mountRootfs – a layer that cannot be mapped, a missing one – an error that names it, nothing left",
  async (t) => {
    using place = new MountPoint();
    const layer = makeLayer(place, "layer");
    const rows = [
      [
        overlay(place, [layer, "/proc"], ...mapping),
        Code.FailedPrecondition,
        /\/proc cannot be id-mapped: mount_setattr.*EINVAL/,
      ],
      [
        overlay(place, [layer, place.join("gone")], ...mapping),
        Code.Unknown,
        /gone cannot be id-mapped: open_tree.*ENOENT/,
      ],
      [
        overlay(place, [layer], "uidmap=0:0:10,5:5:10", "gidmap=0:0:1"),
        Code.InvalidArgument,
        /id mapping .* is refused/,
      ],
      [overlay(place, [layer], ...mapping, "nonsense=1"), Code.Unknown, /failed to mount rootfs component: overlay/],
      [{ ...overlay(place, [layer], ...mapping), type: "proc", options: mapping }, Code.FailedPrecondition, /EINVAL/],
    ] as const;
    const before = openFiles();
    for (const [mount, code, message] of rows) {
      const error = await t.throwsAsync<StatusError>(
        mountRootfs({ mounts: [mount], rootfs: place.rootfs }, shim, never),
        { message },
      );
      t.is(error.code, code);
      t.true(leavesNothing(place));
    }
    t.deepEqual(openFiles(), before);
  },
);

test.serial(
  "mountRootfs – a layer whose server does not answer – a process hangs, not this one; an abort ends it",
  async (t) => {
    using place = new MountPoint();
    const controller = new AbortController();
    const commands = {
      run: (...[command, signal]: Parameters<typeof shim.commands.run>) => {
        const answer = shim.commands.run({ ...command, args: ["--user", "--", "sleep", "1000"] }, signal);
        setImmediate(() => controller.abort(new Error("enough")));
        return answer;
      },
    };
    const before = openFiles();
    const mount = overlay(place, [makeLayer(place, "layer")], ...mapping);
    const mounts = mountRootfs({ mounts: [mount], rootfs: place.rootfs }, { ...shim, commands }, controller.signal);
    await t.throwsAsync(mounts, { message: "enough" });
    t.true(leavesNothing(place));
    t.deepEqual(openFiles(), before);
  },
);

test.serial(
  "mountRootfs – id-mapped mount, no user namespaces – FailedPrecondition with the words of unshare",
  async (t) => {
    using place = new MountPoint();
    const commands = {
      run: (...[command, signal]: Parameters<typeof shim.commands.run>) =>
        shim.commands.run(
          { ...command, path: "/bin/sh", args: ["-c", "echo unshare failed: No space left >&2; exit 1"] },
          signal,
        ),
    };
    const mount = overlay(place, [makeLayer(place, "layer")], ...mapping);
    const error = await t.throwsAsync<StatusError>(
      mountRootfs({ mounts: [mount], rootfs: place.rootfs }, { ...shim, commands }, never),
      {
        message: /user namespace cannot be made: unshare failed: No space left/,
      },
    );
    t.is(error.code, Code.FailedPrecondition);
    t.true(leavesNothing(place));
  },
);

test.serial(
  "unmountRootfs – layers that a killed daemon has left – read-only, unmounted with the rootfs",
  async (t) => {
    using place = new MountPoint();
    const left = join(idMappedLayersPath(place.join()), "0");
    const { libc } = shim;
    const killed = {
      pipe: () => libc.pipe(),
      mountClone: (mount: MountClone) => libc.mountClone(mount),
      detachMount: () => undefined,
    };
    const mount = overlay(place, [makeLayer(place, "layer")], ...mapping);
    await mountRootfs({ mounts: [mount], rootfs: place.rootfs }, { ...shim, libc: killed }, never);
    t.deepEqual(place.mounted(), [dirname(left), left, place.rootfs]);
    for (const name of ["0", "../made"]) t.throws(() => writeFileSync(join(left, name), "x"), { code: "EROFS" });
    await unmountRootfs(place.rootfs, shim, never);
    t.deepEqual(place.mounted(), []);
  },
);

test.serial("supportsIdMapping – needs the system call, and user namespaces", (t) => {
  const { libc } = shim;
  t.true(supportsIdMapping(libc));
  t.false(supportsIdMapping({ hasIdMappedMounts: () => false }));
  using proc = new TempDir();
  t.false(supportsIdMapping(libc, proc.path));
  mkdirSync(proc.join("sys/user"), { recursive: true });
  writeFileSync(proc.join("sys/user/max_user_namespaces"), "0\n");
  t.false(supportsIdMapping(libc, proc.path));
  writeFileSync(proc.join("sys/user/max_user_namespaces"), "10\n");
  t.true(supportsIdMapping(libc, proc.path));
});
