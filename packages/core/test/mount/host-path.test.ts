import { execFileSync } from "node:child_process";
import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { Code } from "@dunnage/ttrpc";
import test from "ava";
import { resolveHostPath, resolveLocally } from "../../src/mount/host-path.ts";
import { MountTable } from "../../src/native/mount-table.ts";
import { parseMountinfo } from "../../src/native/mountinfo.ts";
import { HangingFs } from "../_support/hanging-fs.ts";
import { TempDir } from "../_support/temp-dir.ts";

/** Returns a table of mounts whose mount points do not exist: `id parent device root mountPoint type`. */
const tableOf = (...lines: readonly string[]): MountTable =>
  new MountTable(parseMountinfo(lines.map((line) => line.replace(/ (\S+)$/, " rw - $1 none rw")).join("\n")));

/** Returns the target of a path, or why it is not known. */
async function reason(path: string, limitMs?: number): Promise<string> {
  const limit = limitMs === undefined ? {} : { limitMs };
  return await resolveHostPath(path, limit).then(
    (found) => found.path,
    (error) => error.message,
  );
}

test("resolveHostPath – links and `..` – lead to where the kernel goes", async (t) => {
  using dir = new TempDir();
  mkdirSync(dir.join("allowed"));
  mkdirSync(dir.join("elsewhere/deep"), { recursive: true });
  symlinkSync(dir.join("elsewhere/deep"), dir.join("allowed/link"));
  symlinkSync("../elsewhere/./deep/", dir.join("allowed/relative"));
  const real = (path: string): string => realpathSync.native(`${dir.path}/${path}`);
  for (const path of ["allowed/link/..", "allowed/relative/../deep/", "allowed//./link", "allowed/../elsewhere"]) {
    t.is(await reason(`${dir.path}/${path}`), real(path), path);
  }
  t.is(await reason(dir.join("allowed/link/none/x")), `${real("elsewhere/deep")}/none/x`);
  t.is(await reason("/.."), "/");
});

test("resolveHostPath – what cannot be known – is refused", async (t) => {
  using dir = new TempDir();
  symlinkSync(dir.join("loop"), dir.join("loop"));
  symlinkSync(Buffer.from([0x2f, 0xff]), dir.join("bytes"));
  symlinkSync("/proc/self/cwd", dir.join("magic"));
  t.regex(await reason(dir.join("loop")), /too many levels/);
  t.regex(await reason(dir.join("bytes")), /no UTF-8/);
  t.regex(await reason(dir.join("magic/x")), /a link of \/proc/);
  for (const path of ["relative", "", "/a\0b", "/a\ud800"]) t.regex(await reason(path), /no absolute path/);
  const error = await t.throwsAsync(resolveHostPath("x"));
  t.is((error as unknown as { code: Code }).code, Code.FailedPrecondition);
});

test("resolveHostPath – a mount of another directory – is known by its file system", async (t) => {
  using dir = new TempDir();
  mkdirSync(dir.join("one/sub"), { recursive: true });
  mkdirSync(dir.join("two"));
  execFileSync("mount", ["--bind", dir.join("one"), dir.join("two")]);
  try {
    const [one, two] = [await resolveHostPath(dir.join("one/sub")), await resolveHostPath(dir.join("two/sub"))];
    t.is(two.path, realpathSync(dir.join("two/sub")));
    t.deepEqual([two.device, two.inner], [one.device, one.inner]);
  } finally {
    execFileSync("umount", [dir.join("two")]);
  }
});

test("resolveHostPath – a file system that does not answer – is abandoned at the limit, and not asked again until it does", async (t) => {
  using hanging = new HangingFs();
  using dir = new TempDir();
  symlinkSync(hanging.join("lookup"), dir.join("innocent"));
  t.is(await reason(hanging.path), realpathSync(hanging.path), "a mount point is not looked up");
  t.is(await reason(`${hanging.path}/dir/../dir/dir2`, 10_000), `${realpathSync(hanging.path)}/dir/dir2`);
  t.regex(await reason(dir.join("innocent"), 50), /lookup: its file system does not answer/);
  t.regex(await reason(hanging.join("ok"), 60_000), /does not answer/);
  t.throws(() => resolveLocally(hanging.join("ok")), { message: /file system that may not answer/ });
  hanging.recover();
  while (/does not answer/.test(await reason(hanging.join("ok"), 10_000))) await new Promise(setImmediate);
  t.is(await reason(dir.join("innocent"), 10_000), `${realpathSync(hanging.path)}/lookup`);
});

test("resolveHostPath – a link on a file system that may not answer – is followed", async (t) => {
  const table = tableOf("1 0 8:1 / / ext4", "2 1 0:50 /export /mnt nfs4", "3 2 8:2 / /mnt/disk ext4");
  t.deepEqual(await resolveHostPath("/mnt", { table }), {
    path: "/mnt",
    device: "0:50",
    inner: "/export",
    isLocal: false,
  });
  t.deepEqual(await resolveHostPath("/mnt/disk/none", { table }), {
    path: "/mnt/disk/none",
    device: "8:2",
    inner: "/none",
    isLocal: true,
  });
  using dir = new TempDir();
  symlinkSync("/etc/none", dir.join("link"));
  const real = realpathSync(dir.path);
  const foreign = tableOf("1 0 8:1 / / ext4", `2 1 0:50 / ${real} fuse.x`);
  const found = await resolveHostPath(`${real}/link/y`, { table: foreign, limitMs: 10_000 });
  t.is(found.path, "/etc/none/y");
});

test("MountTable – mounts on top of each other – the uppermost counts, and what lies below one is hidden", async (t) => {
  const table = tableOf(
    "1 0 0:1 / / rootfs",
    "2 1 8:1 / / ext4",
    "3 2 8:2 / /mnt ext4",
    "4 3 8:3 / /mnt/a ext4",
    "6 5 8:5 / /mnt ext4",
    "5 3 8:4 / /mnt ext4",
  );
  t.is(table.top?.device, "8:1");
  t.like(await resolveHostPath("/mnt/a", { table }), { device: "8:5", inner: "/a" });
  t.is(tableOf("3 2 8:2 / /mnt ext4").top, undefined);
});

test("MountTable – overlays and servers – are not local, but for the root", (t) => {
  const table = tableOf("1 0 0:1 / / overlay", "2 1 0:2 / /m overlay", "3 1 0:3 / /n autofs", "4 1 0:4 / /t tmpfs");
  t.deepEqual(
    table.entries.map((entry) => table.isLocal(entry)),
    [true, false, false, true],
  );
});
