import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import fc from "fast-check";
import type { Mount } from "../../src/mount/mount.ts";
import { maxDataBytes, toMountCommand } from "../../src/mount/mount-command.ts";

const mount = (fields: Partial<Mount>): Mount => ({
  type: "tmpfs",
  source: "tmpfs",
  target: "",
  options: [],
  ...fields,
});
const quiet = ["-n", "-i", "-c"];

const rows: readonly (readonly [title: string, Mount, readonly string[]])[] = [
  ["tmpfs", mount({ options: ["size=1m", "ro"] }), ["-t", "tmpfs", "-o", "size=1m,ro", "--", "tmpfs", "/r"]],
  ["no options", mount({}), ["-t", "tmpfs", "--", "tmpfs", "/r"]],
  ["no source", mount({ source: "" }), ["-t", "tmpfs", "--", "none", "/r"]],
  ["bind", mount({ type: "bind", source: "/s", options: ["rbind", "ro"] }), ["-o", "rbind,ro", "--", "/s", "/r"]],
  ["bind by type alone", mount({ type: "bind", source: "/s", options: ["ro"] }), ["-o", "bind,ro", "--", "/s", "/r"]],
  ["rbind by type alone", mount({ type: "rbind", source: "/s" }), ["-o", "rbind", "--", "/s", "/r"]],
  ["a source like a flag", mount({ source: "-x" }), ["-t", "tmpfs", "--", "-x", "/r"]],
  ["loop", mount({ type: "ext4", source: "/i", options: ["loop"] }), ["-t", "ext4", "-o", "loop", "--", "/i", "/r"]],
];
for (const [title, input, expected] of rows) {
  test(`toMountCommand – ${title}`, (t) => {
    t.deepEqual(toMountCommand(input, "/r"), { program: "mount", args: [...quiet, ...expected] });
  });
}

test("toMountCommand – fuse types – their helper", (t) => {
  t.deepEqual(toMountCommand(mount({ type: "fuse3.overlay", source: "s", options: ["a=b", "ro"] }), "/r"), {
    program: "mount.fuse3",
    args: ["s", "/r", "-o", "a=b", "-o", "ro", "-t", "overlay"],
  });
  t.is(toMountCommand(mount({ type: "fuse.sshfs" }), "/r").program, "mount.fuse");
});

test("toMountCommand – containerd's own options, those of fstab, too much data – InvalidArgument", (t) => {
  for (const option of [
    "X-containerd.foo=1",
    "X-mount.owner=nobody",
    "x-systemd.automount",
    `x=${"y".repeat(maxDataBytes)}`,
  ]) {
    t.is(t.throws<StatusError>(() => toMountCommand(mount({ options: [option] }), "/r")).code, Code.InvalidArgument);
  }
});

const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots";
const overlay = (lower: readonly string[], ...rest: string[]): Mount =>
  mount({ type: "overlay", source: "overlay", options: [`lowerdir=${lower.join(":")}`, ...rest] });

test("toMountCommand – overlay with long options – lower directories relative to their parent", (t) => {
  const layers = Array.from({ length: 127 }, (_, i) => `${i + 100}/fs`);
  const upper = [`upperdir=${snapshots}/1/fs`, `workdir=${snapshots}/1/work`];
  const command = toMountCommand(
    overlay(
      layers.map((layer) => `${snapshots}/${layer}`),
      ...upper,
    ),
    "/r",
  );
  t.is(command.cwd, snapshots);
  t.deepEqual(command.args.slice(3), [
    "-t",
    "overlay",
    "-o",
    [`lowerdir=${layers.join(":")}`, ...upper].join(","),
    "--",
    "overlay",
    "/r",
  ]);
});

test("toMountCommand – overlay with short options, or nothing in common – as they are", (t) => {
  t.is(toMountCommand(overlay([`${snapshots}/1/fs`, `${snapshots}/2/fs`]), "/r").cwd, undefined);
  const apart = overlay([`/a/${"x".repeat(1800)}`, `/b/${"y".repeat(1800)}`]);
  t.is(toMountCommand(apart, "/r").cwd, undefined);
  const escaped = overlay([`/a/${"x".repeat(3000)}\\:1`, `/a/${"y".repeat(900)}`]);
  t.is(toMountCommand(escaped, "/r").cwd, undefined);
});

test("toMountCommand – overlay, any long list of layers – names the same directories", (t) => {
  const name = fc.stringMatching(/^[a-z0-9]{40,80}$/);
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/lower/${names.join("/")}`);
  fc.assert(
    fc.property(fc.array(path, { minLength: 30, maxLength: 40 }), (dirs) => {
      const data = `lowerdir=${dirs.join(":")}`;
      fc.pre(data.length > 3584);
      let command: ReturnType<typeof toMountCommand>;
      try {
        command = toMountCommand(overlay(dirs), "/r");
      } catch {
        return; // too long all the same
      }
      const option = command.args[command.args.indexOf("-o") + 1]?.slice("lowerdir=".length) ?? "";
      t.deepEqual(
        option.split(":").map((dir) => `${command.cwd}/${dir}`),
        dirs,
      );
    }),
    { numRuns: 30 },
  );
  t.pass();
});
