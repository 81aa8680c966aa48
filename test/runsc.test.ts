import { writeFileSync } from "node:fs";
import { join } from "node:path";
import anyTest, { type TestFn } from "ava";
import { toOciSpec } from "./_support/bundle.ts";
import { Containerd, defaultConfig } from "./_support/containerd.ts";
import { Count, checkpointOptions, counting } from "./_support/criu.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive } from "./_support/proc.ts";
import { runscRuntime, runscState, runscVersions, toRunscTables } from "./_support/runsc.ts";
import { connectShim, exitStatus, refusal } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

interface Context {
  readonly of: Map<string, { readonly containerd: Containerd; readonly events: CtrEvents }>;
}
const test = anyTest as TestFn<Context>;
checkLeaks(test as TestFn);

const sleep = ["/bin/sleep", "100000"];
const opened: Context["of"] = new Map();

/** Command line of the process that is a container's sandbox. */
function sandboxArgs(containerd: Containerd, id: string): readonly string[] {
  const isBoot = (argv: readonly string[]) => argv.includes("boot") && argv.includes(`${id}__`);
  return containerd.processes().find(({ argv }) => isBoot(argv))?.argv ?? [];
}

/** Undefined: it is the default of the version, which runsc leaves out. */
function platformOf(argv: readonly string[]): string | undefined {
  if (argv.length === 0) throw new Error("no sandbox");
  return argv.find((arg) => arg.startsWith("--platform="))?.slice("--platform=".length);
}

test.before(async () => {
  for (const version of runscVersions) {
    const containerd = await Containerd.start({
      runtime: runscRuntime,
      config: defaultConfig + toRunscTables(version),
    });
    opened.set(version.name, { containerd, events: await CtrEvents.open(containerd) });
  }
});
test.after.always(async () => {
  for (const { containerd, events } of opened.values()) {
    await events[Symbol.asyncDispose]();
    await containerd[Symbol.asyncDispose]();
  }
});

for (const { name, platform } of runscVersions) {
  const scene = () => {
    const found = opened.get(name);
    if (found === undefined) throw new Error("no containerd");
    return found;
  };

  test(`runsc ${name} – ctr run – a kernel of gVisor's, on the platform that the configuration names`, async (t) => {
    const { containerd } = scene();
    const { stdout, status } = await containerd.run("kernel", ["/bin/dmesg"], { flags: ["--rm"] });
    t.regex(stdout, /Starting gVisor/);
    t.is(status, 0);
    await containerd.runDetached("platform", sleep);
    t.is(platformOf(sandboxArgs(containerd, "platform")) ?? platform, platform);
  });

  test(`runsc ${name} – ids that others begin with – every command finds its container`, async (t) => {
    const { containerd } = scene();
    const ids = ["app-2", "app", "app1", "app.b"];
    for (const id of ids) await containerd.runDetached(id, sleep);
    for (const id of ids) t.is((await containerd.exec(id, "e", ["/bin/sh", "-c", "exit 4"])).status, 4);
    for (const id of ids) await containerd.remove(id);
  });

  test(`runsc ${name} – an id with "detach" in it – execs run`, async (t) => {
    const { containerd } = scene();
    await containerd.runDetached("detached", sleep);
    t.is((await containerd.exec("detached", "detach", ["/bin/sh", "-c", "exit 5"])).status, 5);
  });

  test(`runsc ${name} – a signal for an exec – reaches the process in the sandbox, not its command alone`, async (t) => {
    const { containerd } = scene();
    await containerd.runDetached("signals", sleep);
    const script = "trap 'touch /caught; exit 6' USR1; touch /ready; while :; do sleep 0.05; done";
    t.is((await containerd.exec("signals", "traps", ["/bin/sh", "-c", script], ["-d"])).status, 0);
    await until(
      "it has its handler",
      async () => (await containerd.exec("signals", "look", ["/bin/ls", "/ready"])).status === 0,
    );
    using client = await connectShim(containerd, "signals");
    await client.kill({ id: "signals", exec_id: "traps", signal: 10 });
    t.is((await client.wait({ id: "signals", exec_id: "traps" })).exit_status, 6);
    t.is((await containerd.exec("signals", "after", ["/bin/ls", "/caught"])).status, 0);
  });

  test(`runsc ${name} – Pids – those of the sandbox, with the ids of execs`, async (t) => {
    const { containerd } = scene();
    await containerd.runDetached("pids", sleep);
    t.is((await containerd.exec("pids", "one", sleep, ["-d"])).status, 0);
    const rows = (await containerd.ctrOk("task", "ps", "pids")).trim().split("\n").slice(1);
    // ctr prints the message as Go does: ExecID:one up to 1.6, exec_id:"one" since.
    t.deepEqual(
      rows.map((row) => [Number.parseInt(row, 10), /exec_?id:"?(\w+)/i.exec(row)?.[1]]),
      [
        [1, undefined],
        [2, "one"],
      ],
    );
  });

  test(`runsc ${name} – kill -9 of the sandbox – 137, the event, and nothing is left`, async (t) => {
    const { containerd, events } = scene();
    await containerd.runDetached("shot", sleep);
    const pid = (await containerd.task("shot"))?.pid ?? 0;
    process.kill(pid, "SIGKILL");
    t.is((await events.next("shot", "/tasks/exit")).fields["exit_status"], 137);
    t.is(await exitStatus(containerd, "shot"), 137);
    await containerd.remove("shot");
    t.deepEqual(
      runscState(containerd.namespace).filter((file) => file.includes("shot")),
      [],
    );
  });

  test(`runsc ${name} – a program that is missing – is told at start, and nothing is left`, async (t) => {
    const { containerd } = scene();
    const { status, stderr } = await containerd.run("missing", ["/bin/nope"], { flags: ["--rm"] });
    t.is(status, 1);
    t.regex(stderr, /OCI runtime start failed: .*\/bin\/nope: no such file or directory/);
    await containerd.remove("missing").catch(() => undefined);
    await until("nothing is left", () => runscState(containerd.namespace).every((file) => !file.includes("missing")));
  });

  test(`runsc ${name} – out of memory – ends the sandbox; the event comes before the exit`, async (t) => {
    const { containerd, events } = scene();
    const flags = ["--memory-limit", String(64 << 20)];
    await containerd.runDetached("greedy", ["/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=512M", "count=1"], {
      flags,
    });
    t.is((await events.next("greedy", "/tasks/exit")).fields["exit_status"], 137);
    t.true(events.of("greedy").some(({ topic }) => topic === "/tasks/oom"));
  });

  test(`runsc ${name} – options of gVisor's own shim – from the file that the client names`, async (t) => {
    const { containerd } = scene();
    const path = join(containerd.dir, "runsc.toml");
    writeFileSync(path, `[runsc_config]\nplatform = "ptrace"\n"debug-log" = "${containerd.dir}/debug-%ID%/"\n`);
    const flags = ["--runtime-config-path", path];
    await containerd.runDetached("toml", sleep, { flags });
    const argv = sandboxArgs(containerd, "toml");
    t.is(platformOf(argv) ?? platform, "ptrace");
    t.true(argv.includes(`--debug-log=${containerd.dir}/debug-toml__/`));
    writeFileSync(path, "runsc_confg = 1\n");
    const { stderr } = await containerd.run("typo", sleep, { flags: ["--rm", ...flags] });
    t.regex(stderr, /runsc\.toml: runsc_confg is unknown; did you mean `runsc_config`\?/);
  });

  test(`runsc ${name} – an annotation – sets a flag where the configuration lets it`, async (t) => {
    const { containerd } = scene();
    const path = join(containerd.dir, "override.toml");
    writeFileSync(path, `[runsc_config]\n"allow-flag-override" = true\n`);
    const flags = ["--runtime-config-path", path, "--annotation", "dev.gvisor.flag.oci-seccomp=true"];
    await containerd.runDetached("annotated", sleep, { flags });
    t.true(sandboxArgs(containerd, "annotated").includes("--oci-seccomp=true"));
  });
}

for (const { name, platform } of runscVersions) {
  test.serial(`runsc ${name} – checkpoint and restore, without CRIU – the restored container counts on`, async (t) => {
    const containerd = opened.get(name)?.containerd as Containerd;
    const spec = toOciSpec(counting, { root: sharedRootfs(containerd) });
    using before = new Count(join(containerd.dir, "before"));
    using after = new Count(join(containerd.dir, "after"));
    const path = join(containerd.dir, "image");
    await using first = await DirectShim.start(containerd, "first", { spec });
    await first.create({ stdout: before.path, stderr: before.path });
    await first.client.start({ id: "first" });
    await before.goesOn();
    const onward = await refusal(first.client.checkpoint({ id: "first", path: `${path}-0` }));
    t.is(onward?.code, platform === "ptrace" ? 12 : undefined, onward?.message);
    await before.goesOn();
    await first.client.checkpoint({ id: "first", path, ...checkpointOptions({ exit: true }) });
    await first.client.wait({ id: "first" });
    await first.client.delete({ id: "first" });
    const last = before.numbers.at(-1) ?? 0;
    await using second = await DirectShim.start(containerd, "second", { spec });
    await second.create({ stdout: after.path, stderr: after.path, checkpoint: path });
    await second.client.start({ id: "second" });
    await after.goesOn();
    t.is(after.numbers[0], last + 1);
    await second.client.kill({ id: "second", signal: 9 });
    t.is((await second.client.wait({ id: "second" })).exit_status, 137);
  });
}

for (const version of runscVersions) {
  test.serial(`runsc ${version.name} – kill -9 of the daemon – its sandboxes end, nothing is left`, async (t) => {
    await using containerd = await Containerd.start({
      runtime: runscRuntime,
      config: defaultConfig + toRunscTables(version),
    });
    await using events = await CtrEvents.open(containerd);
    await containerd.runDetached("victim", sleep);
    await containerd.exec("victim", "inside", sleep, ["-d"]);
    const pid = (await containerd.task("victim"))?.pid ?? 0;
    using client = await connectShim(containerd, "victim");
    process.kill((await client.connect({ id: "victim" })).shim_pid, "SIGKILL");
    t.is((await events.next("victim", "/tasks/exit")).fields["exit_status"], 137);
    await until("the sandbox ends", () => !isAlive(pid));
    const own = () => containerd.processes().filter(({ argv }) => argv[0] !== "ctr");
    await until("every process ends", () => own().length === 0);
    t.deepEqual(runscState(containerd.namespace), []);
    await containerd.ctrOk("container", "delete", "victim");
  });

  test.serial(
    `runsc ${version.name} – containerd killed – the exit code and the output of its absence arrive`,
    async (t) => {
      await using containerd = await Containerd.start({
        runtime: runscRuntime,
        config: defaultConfig + toRunscTables(version),
      });
      await containerd.runDetached("survivor", ["/bin/sh", "-c", "until [ -e /go ]; do sleep 0.05; done; exit 9"]);
      const pid = (await containerd.task("survivor"))?.pid ?? 0;
      t.is((await containerd.exec("survivor", "go", ["/bin/sh", "-c", "(sleep 1; touch /go) &"])).status, 0);
      await containerd.kill9();
      await until("it ends meanwhile", () => !isAlive(pid));
      await containerd.restart();
      t.is((await containerd.task("survivor"))?.status, "STOPPED");
      t.is(await exitStatus(containerd, "survivor"), 9);
      await containerd.remove("survivor");
    },
  );
}
