import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { hasPrivatePidNamespace, readSpec, toHostId } from "../../src/spec/bundle.ts";
import { TempDir } from "../_support/temp-dir.ts";

test("readSpec – what config.json holds", (t) => {
  using dir = new TempDir();
  writeFileSync(dir.join("config.json"), '{"root":{"path":"rootfs"},"linux":{"cgroupsPath":"/a/b"}}');
  t.deepEqual(readSpec(dir.path), { root: { path: "rootfs" }, linux: { cgroupsPath: "/a/b" } });
});

test("readSpec – no file, no JSON, no object – InvalidArgument that names the path", (t) => {
  using dir = new TempDir();
  const path = dir.join("config.json");
  for (const text of [undefined, "", '{"root":', "[]", "null", '"x"']) {
    if (text !== undefined) writeFileSync(path, text);
    const error = t.throws<StatusError>(() => readSpec(dir.path), undefined, String(text));
    t.is(error.code, Code.InvalidArgument);
    t.true(error.message.includes(path));
  }
});

const odd: readonly [string, (path: string) => unknown, RegExp][] = [
  ["a FIFO", (path) => execFileSync("mkfifo", [path]), /not a regular file/],
  ["a device", (path) => symlinkSync("/dev/zero", path), /not a regular file/],
  ["a directory", (path) => mkdirSync(path), /not a regular file/],
  ["a link to itself", (path) => symlinkSync(path, path), /ELOOP/],
  ["3 GiB", (path) => [writeFileSync(path, ""), truncateSync(path, 3 * 2 ** 30)], /3221225472 bytes, more than/],
  [
    "20,000 levels",
    (path) => writeFileSync(path, `{"a":${"[".repeat(2e4)}${"]".repeat(2e4)}}`),
    /nested deeper than 10000/,
  ],
  ["process", (path) => writeFileSync(path, '{"process":"x"}'), /process is no object/],
  ["annotations", (path) => writeFileSync(path, '{"annotations":[]}'), /annotations is no object/],
  ["linux", (path) => writeFileSync(path, '{"linux":5}'), /linux is no object/],
  ["cgroups path", (path) => writeFileSync(path, '{"linux":{"cgroupsPath":5}}'), /cgroupsPath is no string/],
  ["namespaces", (path) => writeFileSync(path, '{"linux":{"namespaces":{}}}'), /namespaces is no array/],
  ["mappings", (path) => writeFileSync(path, '{"linux":{"uidMappings":5}}'), /uidMappings is no array of objects/],
  ["namespace", (path) => writeFileSync(path, '{"linux":{"namespaces":[null]}}'), /namespaces is no array of objects/],
];
for (const [what, make, message] of odd) {
  test(`readSpec – refuses – ${what}`, (t) => {
    using dir = new TempDir();
    make(dir.join("config.json"));
    const error = t.throws<StatusError>(() => readSpec(dir.path), { message });
    t.is(error.code, Code.InvalidArgument);
  });
}

test("readSpec – null, as Go writes what is empty – counts as absent", (t) => {
  using dir = new TempDir();
  const spec = { annotations: null, linux: { namespaces: null }, process: null };
  writeFileSync(dir.join("config.json"), JSON.stringify(spec));
  t.deepEqual<unknown, unknown>(readSpec(dir.path), spec);
});

test("hasPrivatePidNamespace – only a new pid namespace", (t) => {
  t.true(hasPrivatePidNamespace({ linux: { namespaces: [{ type: "mount" }, { type: "pid" }] } }));
  t.true(hasPrivatePidNamespace({ linux: { namespaces: [{ type: "pid", path: "" }] } }));
  t.false(hasPrivatePidNamespace({ linux: { namespaces: [{ type: "pid", path: "/proc/1/ns/pid" }] } }));
  t.false(hasPrivatePidNamespace({ linux: { namespaces: [{ type: "ipc" }] } }));
  t.false(hasPrivatePidNamespace({}));
});

test("toHostId – by the mapping that holds the id", (t) => {
  const mappings = [
    { containerID: 1, hostID: 200_001, size: 65_535 },
    { containerID: 0, hostID: 1000, size: 1 },
  ];
  t.deepEqual(
    [0, 1, 65_535, 65_536].map((id) => toHostId(mappings, id)),
    [1000, 200_001, 265_535, 0],
  );
  t.is(toHostId(null, 0), 0);
});
