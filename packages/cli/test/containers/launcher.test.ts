import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { wire } from "@dunnage/core/client";
import test from "ava";
import { deleteByShim, findLauncher, knownRuntimes, startShim } from "../../src/containers/launcher.ts";

const dir = mkdtempSync(join(tmpdir(), "dunnage-launcher-"));
test.after.always(() => rmSync(dir, { recursive: true }));

const write = (name: string, script = "exit 0", mode = 0o755): string => {
  writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`, { mode });
  return join(dir, name);
};

write("containerd-shim-dunnage-runc-v1");
write("containerd-shim-dunnage-my-own-v1");
write("containerd-shim-runc-v2");
write("containerd-shim-dunnage-broken-v1", "", 0o644);

const directories = ["/nowhere", dir];

test("findLauncher – by our name, by containerd's, by path", (t) => {
  const runc = join(dir, "containerd-shim-dunnage-runc-v1");
  t.is(findLauncher("runc", directories), runc);
  t.is(findLauncher("my-own", directories), join(dir, "containerd-shim-dunnage-my-own-v1"));
  t.is(findLauncher("io.containerd.dunnage-runc.v1", directories), runc);
  t.is(findLauncher("io.containerd.runc.v2", directories), join(dir, "containerd-shim-runc-v2"));
  t.is(findLauncher(runc, []), runc);
});

test("findLauncher – names those that there are, and the nearest – unknown runtime", (t) => {
  const runtimes = knownRuntimes(directories);
  t.deepEqual(runtimes, ["my-own", "runc"]);
  const message =
    "runtime rnc: there is no containerd-shim-dunnage-rnc-v1; did you mean `runc`?; there are: my-own, runc";
  t.throws(() => findLauncher("rnc", directories), { code: 5, message } as object);
  t.throws(() => findLauncher("runc", []), { message: /none is installed/ });
  t.throws(() => findLauncher("broken", directories), { message: /there is no containerd-shim-dunnage-broken-v1/ });
  for (const name of ["", "../x", "a/b"]) t.throws(() => findLauncher(name, directories), { code: 3 } as object);
});

const launchOf = (launcher: string) => ({
  launcher,
  directory: dir,
  id: basename(dir),
  namespace: "ns",
  env: { PATH: process.env["PATH"], TTRPC_ADDRESS: "/other.ttrpc", GRPC_ADDRESS: "/other", KEPT: "yes" },
});
const { signal } = new AbortController();

test("startShim – calls as containerd does, but without containerd", async (t) => {
  const launcher = write(
    "spy",
    'printf "%s|" "$PWD" "$@" ".$TTRPC_ADDRESS" ".$GRPC_ADDRESS" "$KEPT" "$MAX_SHIM_VERSION"',
  );
  t.deepEqual((await startShim(launchOf(launcher), signal)).split("|"), [
    ...[dir, "-namespace", "ns", "-address", "", "-publish-binary", "", "-id", basename(dir), "start"],
    ...[".", ".", "yes", "2", ""],
  ]);
});

test("startShim – takes either form of answer", async (t) => {
  const json = `echo '{"version":2,"address":"unix:///a/s","protocol":"ttrpc"}'`;
  t.is(await startShim(launchOf(write("plain", "printf unix:///a/s")), signal), "unix:///a/s");
  t.is(await startShim(launchOf(write("json", json)), signal), "unix:///a/s");
});

test("startShim – has the launcher's own words – it failed", async (t) => {
  const launcher = write("failing", "echo why >&2; exit 3");
  await t.throwsAsync(startShim(launchOf(launcher), signal), { message: `${launcher} start failed: why` });
});

test("deleteByShim – reads how init ended", async (t) => {
  const seconds = Date.parse("2024-01-01") / 1000;
  const response = wire.DeleteResponse.encode({ pid: 5, exit_status: 137, exited_at: { seconds, nanos: 0 } }).finish();
  const escaped = Array.from(response, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  const { status, exitedAt } = await deleteByShim(launchOf(write("deleting", `printf '${escaped}'`)));
  t.deepEqual([status, exitedAt.toISOString()], [137, "2024-01-01T00:00:00.000Z"]);
});
