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
    criuImagePath: "/image",
    criuWorkPath: "/work",
  };
  t.deepEqual(await decodeOptions(runc(fields)), expected);
  t.deepEqual(await decodeOptions(runc(fields, "type.googleapis.com/containerd.runc.v1.Options")), expected);
});

test("decodeOptions – CRI's table as TOML – sets the same options", async (t) => {
  const options = await decodeOptions(toml('BinaryName = "/bin/x"\nSystemdCgroup = true\nIoUid = 7\n'));
  t.like(options, { binaryName: "/bin/x", systemdCgroup: true, ioUid: 7 });
});

test("decodeOptions – a file that the options name – is read when there is no body", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "options-"));
  t.teardown(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, "runc.toml"), 'Root = "/run/x"\n');
  t.is((await decodeOptions(generic({ config_path: join(dir, "runc.toml") }))).root, "/run/x");
});

const refused: readonly [string, wire.Any.$Properties, RegExp][] = [
  ["another type", { type_url: "example.Options" }, /options of type example\.Options are not supported/],
  ["bytes that are no message", { ...runc({}), value: Buffer.from([0xff]) }, /are no containerd\.runc\.v1\.Options/],
  ["an unknown key", toml("BinaryNam = 'x'"), /^options: unknown key BinaryNam; did you mean `?BinaryName/],
  ["a wrong value", toml("SystemdCgroup = 1"), /^options: SystemdCgroup must be a boolean$/],
  ["no TOML", toml("= ="), /^options: /],
  ["a file that is not there", generic({ config_path: "/nonexistent" }), /options file \/nonexistent: ENOENT/],
];
for (const [what, any, message] of refused) {
  test(`decodeOptions – refuses – ${what}`, async (t) => {
    const error = await t.throwsAsync(decodeOptions(any), { instanceOf: StatusError, message });
    t.is(error?.code, Code.InvalidArgument);
  });
}
