import test from "ava";
import * as argv from "../../src/oci/argv.ts";

test("globalArgs – root, log as JSON, systemd cgroups – in one form", (t) => {
  t.deepEqual(argv.globalArgs({ root: "/run/x/ns", logFile: "/b/log.json", systemdCgroup: true }), [
    "--root",
    "/run/x/ns",
    "--log",
    "/b/log.json",
    "--log-format",
    "json",
    "--systemd-cgroup",
  ]);
  t.deepEqual(argv.globalArgs({ root: "/r", systemdCgroup: false }), ["--root", "/r"]);
});

test("globalArgs – for a runtime that wants them joined – each flag with its value", (t) => {
  const flags = { root: "/r", logFile: "/b/log.json", systemdCgroup: false, areJoined: true };
  t.deepEqual(argv.globalArgs(flags), ["--root=/r", "--log=/b/log.json", "--log-format=json"]);
});

test("createArgs – bundle, pid file, socket, the runtime's own flags, the id last", (t) => {
  const flags = { pidFile: "/b/init.pid", consoleSocket: "/s", extra: ["--no-pivot"] };
  t.deepEqual(argv.createArgs("c", "/b", flags), [
    "create",
    "--bundle",
    "/b",
    "--pid-file",
    "/b/init.pid",
    "--console-socket",
    "/s",
    "--no-pivot",
    "c",
  ]);
});

test("execArgs – detached, with a pid file", (t) => {
  t.deepEqual(argv.execArgs("c", "/b/e-process.json", { pidFile: "/b/e.pid", extra: [] }), [
    "exec",
    "--process",
    "/b/e-process.json",
    "--detach",
    "--pid-file",
    "/b/e.pid",
    "c",
  ]);
});

test("killArgs – signals are decimals", (t) => {
  t.deepEqual(argv.killArgs("c", 9, false), ["kill", "c", "9"]);
  t.deepEqual(argv.killArgs("c", 64, true), ["kill", "--all", "c", "64"]);
});

test("the other commands – the id alone", (t) => {
  t.deepEqual(argv.startArgs("c"), ["start", "c"]);
  t.deepEqual(argv.deleteArgs("c", false), ["delete", "c"]);
  t.deepEqual(argv.deleteArgs("c", true), ["delete", "--force", "c"]);
  t.deepEqual(argv.stateArgs("c"), ["state", "c"]);
  t.deepEqual(argv.psArgs("c"), ["ps", "--format", "json", "c"]);
  t.deepEqual(argv.pauseArgs("c"), ["pause", "c"]);
  t.deepEqual(argv.resumeArgs("c"), ["resume", "c"]);
});

test("checkpointArgs, restoreArgs – paths, flags and the id last", (t) => {
  const image = { imagePath: "/i", workPath: "/w", flags: ["--tcp-established"] };
  t.deepEqual(argv.checkpointArgs("c", image), [
    "checkpoint",
    "--image-path",
    "/i",
    "--work-path",
    "/w",
    "--tcp-established",
    "c",
  ]);
  t.deepEqual(argv.restoreArgs("c", "/b", { ...image, pidFile: "/b/init.pid", consoleSocket: "/s" }), [
    ...[
      "restore",
      "--bundle",
      "/b",
      "--image-path",
      "/i",
      "--work-path",
      "/w",
      "--detach",
      "--pid-file",
      "/b/init.pid",
    ],
    ...["--console-socket", "/s", "--tcp-established", "c"],
  ]);
});
