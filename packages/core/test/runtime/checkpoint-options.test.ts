import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { wire } from "../../src/proto/gen/wire.js";
import { decodeCheckpointOptions } from "../../src/runtime/checkpoint-options.ts";

const fields = {
  exit: true,
  open_tcp: true,
  external_unix_sockets: true,
  terminal: true,
  file_locks: true,
  empty_namespaces: ["network"],
  cgroups_mode: "strict",
  image_path: "/image",
  work_path: "/work",
};
const expected = {
  exit: true,
  openTcp: true,
  externalUnixSockets: true,
  terminal: true,
  fileLocks: true,
  emptyNamespaces: ["network"],
  cgroupsMode: "strict",
  imagePath: "/image",
  workPath: "/work",
};
const runc = (value: wire.CheckpointOptions.$Properties) => ({
  type_url: "containerd.runc.v1.CheckpointOptions",
  value: wire.CheckpointOptions.encode(value).finish(),
});

test("decodeCheckpointOptions – every field, of today's message and of the one that 1.6 sends to other runtimes", (t) => {
  const today = runc({ ...fields, parent_path: "../parent" });
  t.deepEqual(decodeCheckpointOptions(today, "/path"), { ...expected, parentPath: "../parent" });
  const value = wire.LinuxCheckpointOptions.encode(fields).finish();
  const linux = { type_url: "containerd.linux.runc.CheckpointOptions", value };
  t.deepEqual(decodeCheckpointOptions(linux, "/path"), { ...expected, parentPath: "" });
});

test("decodeCheckpointOptions – none – the container runs on, the request's path counts", (t) => {
  for (const any of [undefined, { type_url: "", value: new Uint8Array() }, runc({})]) {
    t.like(decodeCheckpointOptions(any, "/path"), { exit: false, imagePath: "/path", workPath: "" });
  }
});

const refused: readonly [string, wire.Any.$Properties, string, RegExp][] = [
  ["another type", { type_url: "x.Y" }, "/p", /^checkpoint options of type x\.Y are not supported$/],
  ["no message", { ...runc({}), value: Buffer.from([0xff]) }, "/p", /^checkpoint options are no containerd\.runc/],
  ["no path", runc({}), "", /^path "" of the checkpoint is not an absolute path$/],
  ["a relative path", runc({ image_path: "x" }), "/p", /^path "x" of the checkpoint is not an absolute path$/],
  ["a relative work path", runc({ work_path: "x" }), "/p", /^work path "x" of the checkpoint is not an absolute path$/],
  ["a NUL", runc({ empty_namespaces: ["a\0"] }), "/p", /^checkpoint has a NUL character in "a\\u0000"$/],
];
for (const [what, any, path, message] of refused) {
  test(`decodeCheckpointOptions – refuses – ${what}`, (t) => {
    const error = t.throws<StatusError>(() => decodeCheckpointOptions(any, path), { message });
    t.is(error.code, Code.InvalidArgument);
  });
}
