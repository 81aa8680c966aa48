import test from "ava";
import { MountTable } from "../../src/native/mount-table.ts";
import { parseMountinfo } from "../../src/native/mountinfo.ts";

/** The numbers of mounts from 1 on: on which mount each lies, and where. */
const mounts = [
  [0, "/"],
  [1, "/a"],
  [2, "/a/b"],
  [2, "/a"], // covers /a, and with it /a/b
  [4, "/a/c"],
  [1, "/d"],
  [6, "/d/e/f"],
] as const;
const lines = mounts.map(([parent, path], i) => `${i + 1} ${parent} 0:${i + 1} / ${path} rw - tmpfs x rw`);
const table = new MountTable(parseMountinfo(lines.join("\n")));

for (const [path, device] of [
  ["/", "0:1"],
  ["/x", "0:1"],
  ["/a", "0:4"],
  ["/ab", "0:1"],
  ["/a/b", "0:4"],
  ["/a/b/x/y", "0:4"],
  ["/a/c/x", "0:5"],
  ["/d/e", "0:6"],
  ["/d/e/f", "0:7"],
  ["/d/e/f/g", "0:7"],
] as const) {
  test(`MountTable – the device of a path – ${path}`, (t) => t.is(table.deviceOf(path), device));
}

test("MountTable – the device of a path – unknown if the root directory is no mount point", (t) => {
  const chroot = new MountTable(parseMountinfo(lines.slice(1).join("\n")));
  t.is(chroot.top, undefined);
  t.is(chroot.deviceOf("/a"), "unknown");
});

test("MountTable – a device – is local if its file system asks no other machine or program, or is the root", (t) => {
  const isLocal = (type: string, at = "/a"): boolean => {
    const lines = [`1 0 0:1 / / rw - overlay x rw`, `2 1 0:2 / ${at} rw - ${type} x rw`];
    return new MountTable(parseMountinfo(lines.join("\n"))).isLocalDevice("0:2");
  };
  for (const type of ["ext4", "xfs", "tmpfs", "vfat"]) t.true(isLocal(type), type);
  for (const type of ["nfs", "nfs4", "cifs", "fuse", "fuse.sshfs", "9p", "ceph", "overlay"])
    t.false(isLocal(type), type);
  t.true(isLocal("overlay", "/"));
  t.true(new MountTable([]).isLocalDevice("0:2"));
});
