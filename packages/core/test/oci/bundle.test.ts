import { writeFileSync } from "node:fs";
import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { hasPrivatePidNamespace, readSpec } from "../../src/oci/bundle.ts";
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

test("hasPrivatePidNamespace – only a new pid namespace", (t) => {
  t.true(hasPrivatePidNamespace({ linux: { namespaces: [{ type: "mount" }, { type: "pid" }] } }));
  t.true(hasPrivatePidNamespace({ linux: { namespaces: [{ type: "pid", path: "" }] } }));
  t.false(hasPrivatePidNamespace({ linux: { namespaces: [{ type: "pid", path: "/proc/1/ns/pid" }] } }));
  t.false(hasPrivatePidNamespace({ linux: { namespaces: [{ type: "ipc" }] } }));
  t.false(hasPrivatePidNamespace({}));
  t.false(hasPrivatePidNamespace({ linux: { namespaces: "pid" } } as never));
});
