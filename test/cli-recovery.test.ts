import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { runCommandOk } from "./_support/command.ts";
import { Dunnage } from "./_support/dunnage.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive, readProcesses } from "./_support/proc.ts";
import { RuncWrapper } from "./_support/runc-wrapper.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const sleep = ["/bin/sleep", "1000"];
const config = (binary: string): string => `linger = "1s"\n[runtimes.runc]\nbinary = "${binary}"\n`;

test.serial("ps, rm – find and remove it, whatever it left – daemon killed with -9", async (t) => {
  await using dunnage = new Dunnage();
  const container = await dunnage.runDetached("lost", ["/bin/sh", "-c", "echo out; sleep 1000"]);
  const log = join(container.directory, "stdout.log");
  await until(() => readFileSync(log, "utf8") === "out\n", "it has written");
  const daemon = dunnage.daemonOf(container);
  process.kill(daemon, "SIGKILL");
  await until(() => !isAlive(daemon), "the daemon is gone");
  t.like(await dunnage.find("lost"), { status: "lost", pid: container.pid, exitStatus: null });
  t.regex(await dunnage.ok("ps"), /lost: its shim is gone, it still runs/);
  t.is(await dunnage.ok("logs", "-f", "lost"), "out\n");
  const lost = "container lost is lost: its shim is gone; `dunnage rm lost` removes it\n";
  for (const args of [
    ["kill", "lost"],
    ["exec", "lost", "/bin/true"],
    ["attach", "lost"],
  ]) {
    const { status, stderr } = await dunnage.call(args);
    t.is(stderr, `dunnage ${args[0]}: ${lost}`);
    t.is(status, args[0] === "kill" ? 1 : 125);
  }
  t.is(
    (await dunnage.call(["rm", "lost"])).stderr,
    "dunnage rm: container lost is lost, but still runs: end it first, or use --force\n",
  );
  t.true(isAlive(container.pid));
  await dunnage.ok("rm", "--force", "lost");
  t.false(isAlive(container.pid));
  t.false(existsSync(container.directory));
  t.deepEqual(await dunnage.ps(), []);
});

test.serial("ps, rm – know how it ended – over before its daemon was killed with -9", async (t) => {
  await using dunnage = new Dunnage();
  const container = await dunnage.runDetached("ended", ["/bin/sh", "-c", "exit 6"]);
  await until(async () => (await dunnage.find("ended")).status === "exited", "it has ended");
  const daemon = dunnage.daemonOf(container);
  process.kill(daemon, "SIGKILL");
  await until(() => !isAlive(daemon), "the daemon is gone");
  t.like(await dunnage.find("ended"), { status: "lost", pid: 0, exitStatus: 6 });
  await dunnage.ok("rm", "ended");
});

test.serial("ps, rm – as after a reboot – nothing runs, and /run is empty", async (t) => {
  await using dunnage = new Dunnage();
  const container = await dunnage.runDetached("rebooted", sleep);
  process.kill(dunnage.daemonOf(container), "SIGKILL");
  process.kill(container.pid, "SIGKILL");
  await until(() => !isAlive(container.pid), "it is gone");
  await runCommandOk("rm", ["-r", join(dunnage.dir, "shim")]);
  t.like(await dunnage.find("rebooted"), { status: "lost", pid: 0 });
  await dunnage.ok("rm", "rebooted");
});

test.serial(
  "run – ends what is left and says so, with SIGKILL's status – daemon killed with -9 under it",
  async (t) => {
    await using dunnage = new Dunnage();
    const exitFile = join(dunnage.dir, "status");
    const bundle = dunnage.bundle("under", ["/bin/sh", "-c", "echo ready; sleep 1000"]);
    using manager = dunnage.start("run", "--id", "under", "--exit-file", exitFile, bundle);
    await manager.shows("ready");
    const container = await dunnage.find("under");
    process.kill(dunnage.daemonOf(container), "SIGKILL");
    t.is(await manager.ended, 137);
    t.is(readFileSync(exitFile, "utf8"), "137");
    t.is(manager.stderr, "dunnage run: the shim of container under died, and it was ended\n");
    t.false(isAlive(container.pid));
    t.like(await dunnage.find("under"), { status: "exited", exitStatus: 137 });
  },
);

test.serial("ps, rm --force – do not wait for it – a daemon that hangs", async (t) => {
  await using dunnage = new Dunnage();
  const container = await dunnage.runDetached("stuck", sleep);
  const daemon = dunnage.daemonOf(container);
  process.kill(daemon, "SIGSTOP");
  t.like(await dunnage.find("stuck"), { status: "unknown", pid: container.pid });
  await dunnage.ok("rm", "--force", "stuck");
  t.deepEqual(await dunnage.ps(), []);
  process.kill(daemon, "SIGCONT");
  await until(() => !isAlive(container.pid), "its init is gone");
});

test.serial("run – has the launcher's words and leaves nothing – a mistake in the configuration", async (t) => {
  await using dunnage = new Dunnage({ config: "lingr = 1\n" });
  const { status, stderr } = await dunnage.call(["run", dunnage.bundle("any", sleep)]);
  t.is(status, 125);
  t.regex(stderr, /^dunnage run: [^\n]* start failed: [^\n]*config\.toml:1: unknown key `lingr`[^\n]*`linger`\?\n$/);
  t.deepEqual(await dunnage.ps(), []);
});

for (const stop of ["before create", "after create"] as const) {
  test.serial(`ps, rm – find and remove what is half made – manager killed with -9, ${stop}`, async (t) => {
    await using dunnage = new Dunnage({ config: (dir) => config(join(dir, "wrapper/runc")) });
    const runc = new RuncWrapper(join(dunnage.dir, "wrapper"), stop);
    using manager = dunnage.start("run", "--id", "half", dunnage.bundle("half", sleep));
    await runc.reached();
    t.like(await dunnage.find("half"), { status: "creating", pid: 0 });
    t.regex((await dunnage.call(["rm", "half"])).stderr, /container half is creating: end it first, or use --force/);
    manager.child.kill("SIGKILL");
    await manager.ended;
    t.like(await dunnage.find("half"), { status: "lost", pid: 0 });
    runc.letGo();
    await dunnage.ok("rm", "half");
    t.deepEqual(await dunnage.ps(), []);
    t.is((await dunnage.call(["run", "--rm", "--id", "half", dunnage.bundle("again", ["/bin/true"])])).status, 0);
  });
}

test.serial("run – leaves nothing, with 128 and the signal's number – interrupted while it is made", async (t) => {
  await using dunnage = new Dunnage({ config: (dir) => config(join(dir, "wrapper/runc")) });
  const runc = new RuncWrapper(join(dunnage.dir, "wrapper"), "before create");
  using manager = dunnage.start("run", "--id", "half", dunnage.bundle("half", sleep));
  await runc.reached();
  manager.child.kill("SIGINT");
  t.is(await manager.ended, 130);
  t.is(manager.stderr, "");
  t.deepEqual(await dunnage.ps(), []);
  runc.letGo();
});

test.serial("ps, rm – find and remove it – manager killed with -9 while the launcher runs", async (t) => {
  await using dunnage = new Dunnage();
  const launcher = join(dunnage.dir, "launcher");
  const [real] = (
    await runCommandOk("sh", ["-c", "command -v containerd-shim-dunnage-runc-v1"], { env: dunnage.env })
  ).split("\n");
  const wait = `touch ${launcher}.reached; while kill -0 $PPID 2>/dev/null; do sleep 0.02; done; exit 1`;
  writeFileSync(launcher, `#!/bin/sh\ncase "$*" in *" start") ${wait} ;; esac\nexec ${real} "$@"\n`, { mode: 0o755 });
  using manager = dunnage.start("run", "--id", "half", "--runtime", launcher, dunnage.bundle("half", sleep));
  await until(() => existsSync(`${launcher}.reached`), "the launcher waits");
  manager.child.kill("SIGKILL");
  await manager.ended;
  t.like(await dunnage.find("half"), { status: "lost", pid: 0 });
  await dunnage.ok("rm", "half");
});

test.serial("rm --force – ends and removes it – paused by the runtime's own command", async (t) => {
  await using dunnage = new Dunnage();
  const container = await dunnage.runDetached("frozen", sleep);
  const { shimNamespace } = JSON.parse(readFileSync(join(container.directory, "container.json"), "utf8"));
  await runCommandOk("runc", ["--root", `/run/containerd/runc/${shimNamespace}`, "pause", "frozen"]);
  await dunnage.ok("rm", "--force", "frozen");
  t.false(isAlive(container.pid));
});

test.serial("run – an id belongs to one of many – started at the same time", async (t) => {
  await using dunnage = new Dunnage();
  const bundle = dunnage.bundle("same", sleep);
  const results = await Promise.all(
    Array.from({ length: 4 }, () => dunnage.call(["run", "-d", "--id", "same", bundle])),
  );
  t.deepEqual(results.map(({ status }) => status).sort(), [0, 125, 125, 125]);
  for (const { status, stderr } of results) {
    if (status !== 0) t.is(stderr, "dunnage run: container same: already exists\n");
  }
  t.like(await dunnage.find("same"), { status: "running" });
  t.deepEqual(readdirSync(join(dunnage.dir, "containers", dunnage.namespace)), ["same"]);
  await dunnage.ok("rm", "-f", "same");
  t.deepEqual(
    readProcesses()
      .filter(({ argv }) => argv.join(" ").includes(dunnage.dir))
      .map(({ argv }) => argv),
    [],
  );
});
