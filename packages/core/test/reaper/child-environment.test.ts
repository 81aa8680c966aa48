import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import test from "ava";
import fc from "fast-check";
import { childEnvironment, defaultPath, findExecutable } from "../../src/reaper/child-environment.ts";
import { TempDir } from "../_support/temp-dir.ts";

test("child environment – keeps what runtimes need", (t) => {
  const env = {
    PATH: "/opt/bin:/bin",
    HOME: "/root",
    LANG: "C.UTF-8",
    LC_ALL: "C",
    TMPDIR: "/var/tmp",
    TZ: "Europe/Berlin",
    XDG_RUNTIME_DIR: "/run/user/1000",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus",
    GOMAXPROCS: "2",
    GODEBUG: "netdns=go",
  };
  t.deepEqual(
    childEnvironment(env).sort(),
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  );
});

for (const name of [
  "NODE_OPTIONS",
  "NODE_CHANNEL_FD",
  "NODE_EXTRA_CA_CERTS",
  "LD_PRELOAD",
  "LD_LIBRARY_PATH",
  "NOTIFY_SOCKET",
  "LISTEN_FDS",
  "LISTEN_PID",
  "TTRPC_ADDRESS",
  "GRPC_ADDRESS",
  "NAMESPACE",
  "MAX_SHIM_VERSION",
  "SCHED_CORE",
  "HTTP_PROXY",
  "https_proxy",
  "_LIBCONTAINER_INITPIPE",
  "BASH_ENV",
  "GLIBC_TUNABLES",
]) {
  test(`child environment – omits ${name}`, (t) => {
    t.deepEqual(childEnvironment({ [name]: "value", PATH: "/bin" }), ["PATH=/bin"]);
  });
}

test("child environment – has a default PATH – none or an empty one is given", (t) => {
  t.deepEqual(childEnvironment({}), [`PATH=${defaultPath}`]);
  t.deepEqual(childEnvironment({ PATH: "" }), [`PATH=${defaultPath}`]);
  t.deepEqual(childEnvironment({ HOME: undefined }), [`PATH=${defaultPath}`]);
});

test("child environment – has one PATH and only known names – whatever it is given", (t) => {
  const known = /^(DBUS_SESSION_BUS_ADDRESS|GODEBUG|GOMAXPROCS|HOME|LANG|LC_.*|PATH|TMPDIR|TZ|XDG_RUNTIME_DIR)=/s;
  const anyName = fc.oneof(fc.string(), fc.constantFrom("PATH", "HOME", "LC_TIME", "LD_PRELOAD", "NODE_OPTIONS"));
  fc.assert(
    fc.property(fc.dictionary(anyName, fc.option(fc.string(), { nil: undefined })), (env) => {
      const entries = childEnvironment(env);
      t.true(entries.every((entry) => known.test(entry)));
      t.is(entries.filter((entry) => entry.startsWith("PATH=")).length, 1);
    }),
  );
});

test("find executable – returns the first one in the order of the path", (t) => {
  using dir = new TempDir();
  for (const folder of ["plain", "directory/tool", "first", "second"]) mkdirSync(dir.join(folder), { recursive: true });
  writeFileSync(dir.join("plain", "tool"), "");
  for (const folder of ["first", "second"]) {
    writeFileSync(dir.join(folder, "tool"), "");
    chmodSync(dir.join(folder, "tool"), 0o755);
  }
  const path = ["missing", "plain", "directory", "first", "second"].map((folder) => dir.join(folder)).join(":");
  t.is(findExecutable("tool", path), dir.join("first", "tool"));
  t.is(findExecutable("other", path), undefined);
  t.is(findExecutable("", path), undefined);
  t.is(findExecutable(dir.join("second", "tool"), ""), dir.join("second", "tool"));
  t.is(findExecutable(dir.join("plain", "tool"), ""), undefined);
});

test("find executable – ignores relative names and parts of the path", (t) => {
  t.is(findExecutable("sh", "bin:.::"), undefined);
  t.is(findExecutable("./sh", "/bin"), undefined);
  t.is(findExecutable("bin/sh", "/"), undefined);
  t.is(findExecutable("sh", ":/bin"), "/bin/sh");
});
