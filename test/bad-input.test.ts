import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Code } from "../packages/ttrpc/src/index.ts";
import { BadInputScene, type CreateFields, runcOptions, typeOptions } from "./_support/bad-input-scene.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";

checkLeaks(test);

// containerd's own shim leaves most of this to runc, or to chance.
const beyondReference = isReference ? test.serial.skip : test.serial;

let scene: BadInputScene;
test.before(async () => {
  scene = await BadInputScene.start();
});
test.after.always(() => scene[Symbol.asyncDispose]());

const { InvalidArgument, Unknown, AlreadyExists } = Code;
const long = "a".repeat(1000);
const deep = `{"x":${"[".repeat(1_500_000)}${"]".repeat(1_500_000)}}`;
const garbage = Buffer.alloc(100, 0xff);

type CreateRow = readonly [what: string, fields: (s: BadInputScene) => CreateFields, code: Code, message: RegExp];

const creates: readonly CreateRow[] = [
  ["no id", () => ({ id: "" }), InvalidArgument, /^container id is empty$/],
  ["an id of 1,000 characters", () => ({ id: long }), InvalidArgument, /has 1000 characters, more than 76$/],
  ["an id that is a path", () => ({ id: "../daemon" }), InvalidArgument, /"\.\.\/daemon" does not match/],
  ["an id that climbs", () => ({ id: ".." }), InvalidArgument, /"\.\." does not match/],
  ["an id with a NUL", () => ({ id: "a\0b" }), InvalidArgument, /"a\\u0000b" does not match/],
  ["an id with a newline", () => ({ id: "a\nb" }), InvalidArgument, /"a\\nb" does not match/],
  ["an id that lives", () => ({ id: "subject" }), AlreadyExists, /^container subject: already exists$/],
  ["no bundle", () => ({ bundle: "" }), InvalidArgument, /^bundle "" is not an absolute path$/],
  ["a relative bundle", () => ({ bundle: "bundles/b" }), InvalidArgument, /"bundles\/b" is not an absolute path$/],
  ["a bundle that climbs", (s) => ({ bundle: `${s.bundle()}/../b` }), InvalidArgument, /is not an absolute path$/],
  ["a bundle that does not exist", () => ({ bundle: "/does/not/exist" }), InvalidArgument, /exist does not exist$/],
  ["a bundle with a NUL", () => ({ bundle: "/a\0b" }), InvalidArgument, /"\/a\\u0000b" is not an absolute path$/],
  ["a bundle of 5,001 characters", () => ({ bundle: `/${long.repeat(5)}` }), InvalidArgument, /has 5001 characters/],
  ["a bundle that is a file", () => ({ bundle: "/etc/passwd" }), InvalidArgument, /passwd\/config\.json: ENOTDIR/],
  ["a bundle of another", (s) => ({ bundle: s.neighbour.bundle }), AlreadyExists, /belongs to container neighbour/],
  [
    "a link to the bundle of another",
    (s) => ({
      bundle: s.changedBundle((dir) => [rmSync(dir, { recursive: true }), symlinkSync(s.neighbour.bundle, dir)]),
    }),
    AlreadyExists,
    /belongs to container neighbour/,
  ],
  ["no config.json", (s) => ({ bundle: s.bundle(() => undefined) }), InvalidArgument, /config\.json: ENOENT/],
  ["config.json is garbage", (s) => ({ bundle: s.bundle("\0\xff{") }), InvalidArgument, /config\.json: no JSON: /],
  ["config.json is empty", (s) => ({ bundle: s.bundle("") }), InvalidArgument, /Unexpected end of JSON input/],
  ["config.json is a list", (s) => ({ bundle: s.bundle("[]") }), InvalidArgument, /config\.json: no JSON object$/],
  ["config.json is too deep", (s) => ({ bundle: s.bundle(deep) }), InvalidArgument, /nested deeper than 10000$/],
  ["config.json says nothing", (s) => ({ bundle: s.bundle({}) }), Unknown, /process property must not be empty/],
  [
    "config.json has the wrong types",
    (s) => ({ bundle: s.bundle({ ...s.spec, linux: { ...s.spec.linux, namespaces: [null] } }) }),
    InvalidArgument,
    /config\.json: linux\.namespaces is no array of objects$/,
  ],
  [
    "config.json has the wrong types for runc",
    (s) => ({ bundle: s.bundle({ ...s.spec, root: 5 }) }),
    Unknown,
    /^OCI runtime create failed: .*cannot unmarshal number into Go struct field Spec\.root/,
  ],
  [
    "config.json has the shim's cgroup",
    (s) => ({ bundle: s.bundle({ ...s.spec, linux: { ...s.spec.linux, cgroupsPath: "/" } }) }),
    InvalidArgument,
    /^linux\.cgroupsPath "\/" is the shim's own cgroup, or above it$/,
  ],
  [
    "config.json is a directory",
    (s) => ({ bundle: s.bundle((path) => mkdirSync(path)) }),
    InvalidArgument,
    /not a regular file$/,
  ],
  [
    "config.json is a FIFO",
    (s) => ({ bundle: s.bundle((path) => execFileSync("mkfifo", [path])) }),
    InvalidArgument,
    /not a regular file$/,
  ],
  [
    "config.json is huge",
    (s) => ({ bundle: s.bundle((path) => [writeFileSync(path, ""), truncateSync(path, 3 * 2 ** 30)]) }),
    InvalidArgument,
    /3221225472 bytes, more than 16777216$/,
  ],
  [
    "config.json links to itself",
    (s) => ({ bundle: s.bundle((path) => symlinkSync(path, path)) }),
    InvalidArgument,
    /ELOOP/,
  ],
  [
    "options of an unknown type",
    () => ({ options: { type_url: "x.Z", value: garbage } }),
    InvalidArgument,
    /^options of type x\.Z are not supported$/,
  ],
  [
    "options that are garbage",
    () => ({ options: { type_url: "containerd.runc.v1.Options", value: garbage } }),
    InvalidArgument,
    /^options are no containerd\.runc\.v1\.Options: /,
  ],
  ["a binary with a NUL", () => runcOptions({ binary_name: "/bin/a\0b" }), InvalidArgument, /binary_name .* NUL/],
  ["a relative binary", () => runcOptions({ binary_name: "../runc" }), InvalidArgument, /"\.\.\/runc" is not an abs/],
  ["a binary of a megabyte", () => runcOptions({ binary_name: long.repeat(1000) }), InvalidArgument, /has 1000000 ch/],
  [
    "a binary that is a directory",
    () => runcOptions({ binary_name: "/tmp" }),
    Unknown,
    /\/tmp: not an executable file/,
  ],
  ["a relative state root", () => runcOptions({ root: "run" }), InvalidArgument, /root "run" is not an absolute path/],
  [
    "a state root that is a file",
    () => runcOptions({ root: "/etc/passwd" }),
    Unknown,
    /\/etc\/passwd: not a directory/,
  ],
  ["options as bad TOML", () => typeOptions({ config_body: garbage }), InvalidArgument, /^options: Invalid TOML/],
  [
    "options from a device",
    () => typeOptions({ config_path: "/dev/zero" }),
    InvalidArgument,
    /zero: not a regular file/,
  ],
  [
    "an odd file system",
    () => ({ rootfs: [{ type: "nosuchfs", source: "x" }] }),
    Unknown,
    /nosuchfs x on .*\/rootfs: /,
  ],
  ["an empty mount", () => ({ rootfs: [{}] }), Unknown, /^failed to mount rootfs component/],
  ["a mount with a NUL", () => ({ rootfs: [{ type: "bind", source: "/a\0b" }] }), InvalidArgument, /^mount has a NUL/],
  ["a mount like a flag", () => ({ rootfs: [{ type: "--help", source: "--help" }] }), Unknown, /type '--help'/],
  [
    "a mount with a megabyte of options",
    () => ({ rootfs: [{ type: "tmpfs", source: "tmpfs", options: [long.repeat(1000)] }] }),
    InvalidArgument,
    /are 1000000 bytes, the kernel takes 4095$/,
  ],
  [
    "a mount whose target climbs",
    () => ({ rootfs: [{ type: "tmpfs" }, { type: "tmpfs", target: "../../../../tmp" }] }),
    Unknown,
    /\/bundles\/b\d+\/rootfs\/tmp: mount point does not exist/,
  ],
  [
    "20,000 mounts",
    () => ({ rootfs: Array(20_000).fill({ type: "nosuchfs", source: "x" }) }),
    Unknown,
    /^failed to mount rootfs component/,
  ],
  [
    "the place for the root file system is a file",
    (s) => ({
      bundle: s.changedBundle((dir) => [
        rmSync(join(dir, "rootfs"), { recursive: true }),
        writeFileSync(join(dir, "rootfs"), ""),
      ]),
      rootfs: [{ type: "tmpfs", source: "tmpfs" }],
    }),
    Unknown,
    /rootfs: mount point is not a directory/,
  ],
];

for (const [what, fields, code, message] of creates) {
  beyondReference(`Create – ${what} – refused, nothing leaked, the neighbour runs on`, async (t) => {
    const request = { id: "fresh", bundle: scene.bundle(), ...fields(scene) };
    await scene.check(t, () => scene.client.create(request), { code, message });
  });
}

test.serial("neighbour – after all of this – execs run in it", async (t) => {
  t.is(await scene.runExec("after", ["/bin/sh", "-c", "exit 7"], scene.neighbour), 7);
});
