import { execFileSync } from "node:child_process";
import { mkdtempDisposableSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { isHostNamespace } from "../../src/cel/namespaces.ts";

const isHost = (path: string): boolean => isHostNamespace([{ type: "network", path }], "network");

test("isHostNamespace – a namespace that is mounted somewhere – is known by its inode, and nothing else is looked at", (t) => {
  using dir = mkdtempDisposableSync(join(tmpdir(), "namespace s-"));
  using stack = new DisposableStack();
  const file = (name: string): string => {
    const path = join(dir.path, name);
    writeFileSync(path, "");
    return path;
  };
  const [own, hosts, link] = [file("own"), file("hosts"), join(dir.path, "link")];
  execFileSync("unshare", [`--net=${own}`, "true"]);
  stack.defer(() => execFileSync("umount", [own]));
  execFileSync("mount", ["--bind", "/proc/self/ns/net", hosts]);
  stack.defer(() => execFileSync("umount", [hosts]));
  symlinkSync(own, link);
  t.false(isHost(own));
  t.true(isHost(hosts));
  t.true(isHost(link), "a link is not followed");
  t.true(isHost(file("plain")), "not a namespace");
  t.true(isHost(`${dir.path}/x/../own`));
});

test("isHostNamespace – several entries of a type – one of the host's is enough", (t) => {
  const host = { type: "pid", path: "/proc/self/ns/pid" };
  t.true(isHostNamespace([{ type: "pid" }, host], "pid"));
  t.true(isHostNamespace([host, { type: "pid" }], "pid"));
  t.true(isHostNamespace([{ type: "pid", path: 1 }], "pid"), "not a path");
  t.false(isHostNamespace([{ type: "pid" }, { type: "pid", path: "" }], "pid"));
});
