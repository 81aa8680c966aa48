import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code, StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { wire } from "../../src/proto/gen/wire.js";
import { decodeOptions } from "../../src/runtime/decode-options.ts";
import { defaultOptions } from "../../src/runtime/options.ts";

const runc = (fields: wire.RuncOptions.$Properties, type_url = "containerd.runc.v1.Options") => ({
  type_url,
  value: wire.RuncOptions.encode(fields).finish(),
});
const generic = (fields: wire.RuntimeTypeOptions.$Properties) => ({
  type_url: "runtimeoptions.v1.Options",
  value: wire.RuntimeTypeOptions.encode(fields).finish(),
});
const toml = (text: string) => generic({ config_body: Buffer.from(text) });

test("decodeOptions – the defaults – no options, or an Any without a type", async (t) => {
  t.deepEqual(await decodeOptions(undefined), defaultOptions);
  t.deepEqual(await decodeOptions({ type_url: "", value: new Uint8Array() }), defaultOptions);
});

test("decodeOptions – runc's options – every field, with and without a prefix of the type", async (t) => {
  const fields = {
    no_pivot_root: true,
    no_new_keyring: true,
    shim_cgroup: "/shim",
    io_uid: 7,
    io_gid: 8,
    binary_name: "/bin/x",
    root: "/run/x",
    systemd_cgroup: true,
    criu_path: "/opt/criu",
    criu_image_path: "/image",
    criu_work_path: "/work",
  };
  const expected = {
    ...defaultOptions,
    noPivotRoot: true,
    noNewKeyring: true,
    shimCgroup: "/shim",
    ioUid: 7,
    ioGid: 8,
    binaryName: "/bin/x",
    root: "/run/x",
    systemdCgroup: true,
    criuPath: "/opt/criu",
    criuImagePath: "/image",
    criuWorkPath: "/work",
  };
  t.deepEqual(await decodeOptions(runc(fields)), expected);
  t.deepEqual(await decodeOptions(runc(fields, "type.googleapis.com/containerd.runc.v1.Options")), expected);
});

test("decodeOptions – what 1.6 and 1.7 send to runtimes of other names – every field that Create knows", async (t) => {
  const value = wire.LinuxCreateOptions.encode({
    no_pivot_root: true,
    no_new_keyring: true,
    shim_cgroup: "/shim",
    io_uid: 7,
    io_gid: 8,
    criu_image_path: "/image",
    criu_work_path: "/work",
  }).finish();
  t.deepEqual(await decodeOptions({ type_url: "containerd.linux.runc.CreateOptions", value }), {
    ...defaultOptions,
    noPivotRoot: true,
    noNewKeyring: true,
    shimCgroup: "/shim",
    ioUid: 7,
    ioGid: 8,
    criuImagePath: "/image",
    criuWorkPath: "/work",
  });
});

test("decodeOptions – CRI's table as TOML – every key", async (t) => {
  const fields = {
    binaryName: "/bin/x",
    root: "/run/x",
    systemdCgroup: true,
    noPivotRoot: true,
    noNewKeyring: true,
    ioUid: 7,
    shimCgroup: "/shims",
    ioGid: 8,
    criuPath: "/opt/criu",
    criuImagePath: "/image",
    criuWorkPath: "/work",
  };
  const text = Object.entries(fields).map(
    ([name, value]) => `${name.charAt(0).toUpperCase()}${name.slice(1)} = ${JSON.stringify(value)}\n`,
  );
  t.like(await decodeOptions(toml(text.join(""))), fields);
});

test("decodeOptions – a file that the options name – is read when there is no body", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "options-"));
  t.teardown(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, "runc.toml"), 'Root = "/run/x"\n');
  t.is((await decodeOptions(generic({ config_path: join(dir, "runc.toml") }))).root, "/run/x");
});

test("decodeOptions – keys that the runtime alone knows – are the runtime's to convert", async (t) => {
  const toOptions = (table: object, where: string) => ({ root: "/own", own: { ...table, where } });
  const options = await decodeOptions(toml('BinaryName = "/bin/x"\nmine = 1\n'), { toOptions });
  t.like(options, { binaryName: "/bin/x", root: "/own", own: { mine: 1, where: "options" } });
  t.deepEqual(await decodeOptions(toml(""), { toOptions }), { ...defaultOptions, typeUrl: "", configBody: "" });
});

const refused: readonly [string, wire.Any.$Properties, RegExp][] = [
  ["another type", { type_url: "example.Options" }, /options of type example\.Options are not supported/],
  ["bytes that are no message", { ...runc({}), value: Buffer.from([0xff]) }, /are no containerd\.runc\.v1\.Options/],
  ["an unknown key", toml("BinaryNam = 'x'"), /^options: unknown key BinaryNam; did you mean `?BinaryName/],
  ["a wrong value", toml("SystemdCgroup = 1"), /^options: SystemdCgroup must be a boolean$/],
  ["no TOML", toml("= ="), /^options: /],
  ["a missing file", generic({ config_path: "/nonexistent" }), /options file \/nonexistent: ENOENT/],
  ["a FIFO", generic({ config_path: "/dev/stdin" }), /options file \/dev\/stdin: (not a regular file|ENXIO)/],
  ["a device", generic({ config_path: "/dev/zero" }), /options file \/dev\/zero: not a regular file/],
  ["a relative binary", runc({ binary_name: "bin/runc" }), /binary_name "bin\/runc" is not an absolute path/],
  ["a binary with a NUL", runc({ binary_name: "a\0b" }), /binary_name "a\\u0000b" has a NUL character/],
  ["a long binary", runc({ binary_name: `/${"a".repeat(5000)}` }), /binary_name has 5001 characters, more than 4095$/],
  ["a relative root", runc({ root: "run" }), /root "run" is not an absolute path/],
  ["a root with a NUL", runc({ root: "/a\0b" }), /root "\/a\\u0000b" has a NUL character/],
  ["a shim cgroup with a newline", runc({ shim_cgroup: "/a\n/b" }), /shim_cgroup has a newline/],
  [
    "a criu of another name",
    runc({ criu_path: "/opt/criu4" }),
    /criu_path "\/opt\/criu4": runtimes look for a program named/,
  ],
  ["a relative path of CRIU's", runc({ criu_work_path: "work" }), /criu_work_path "work" is not an absolute path/],
  ["an io uid that means none", runc({ io_uid: 0xffff_ffff }), /io_uid 4294967295 is not a user or group id/],
  ["a negative io gid", toml("IoGid = -1"), /io_gid -1 is not a user or group id/],
  ["half an io uid", toml("IoUid = 0.5"), /io_uid 0.5 is not a user or group id/],
  ["no number as io uid", toml("IoUid = nan"), /io_uid NaN is not a user or group id/],
];
for (const [what, any, message] of refused) {
  test(`decodeOptions – refuses – ${what}`, async (t) => {
    const error = await t.throwsAsync(decodeOptions(any), { instanceOf: StatusError, message });
    t.is(error?.code, Code.InvalidArgument);
  });
}
