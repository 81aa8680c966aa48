/**
 * What only gVisor has: its kernel, platforms and flags, names and pids of its sandboxes, and signals that pass through
 * a command. The cases of a version run in this order and share four containers. The cases for all runtimes are in
 * smoke.test.ts, pods in cri-runsc.test.ts. The tests of packages/runtime-runsc verify that the adapter fulfils the
 * contract of runtimes.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { toOciSpec } from "./_support/bundle.ts";
import { Containerd, defaultConfig } from "./_support/containerd.ts";
import { Count, checkpointOptions, counting } from "./_support/criu.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { runExec } from "./_support/run-exec.ts";
import { runscRuntime, runscState, runscVersions, toRunscTables } from "./_support/runsc.ts";
import { connectShim, exitStatus, refusal } from "./_support/task-client.ts";
import { execRequest } from "./_support/task-situations.ts";

checkLeaks(test);

const sleep = ["/bin/sleep", "100000"];
const shell = (script: string): readonly string[] => ["/bin/sh", "-c", script];

/** All begin with the second id. "detach" is a word that runsc removes from its arguments. */
const ids = ["app-2", "app", "app1", "app.detached"] as const;

const opened = new Map<string, Containerd>();

/** Returns the command line of a container's sandbox process. */
function sandboxArgs(containerd: Containerd, id: string): readonly string[] {
  const isBoot = (argv: readonly string[]) => argv.includes("boot") && argv.includes(`${id}__`);
  return containerd.processes().find(({ argv }) => isBoot(argv))?.argv ?? [];
}

/** Returns the platform; undefined for the version's default, which runsc omits. */
function platformOf(argv: readonly string[]): string | undefined {
  if (argv.length === 0) throw new Error("no sandbox");
  return argv.find((arg) => arg.startsWith("--platform="))?.slice("--platform=".length);
}

test.before(async () => {
  for (const version of runscVersions) {
    const config = defaultConfig + toRunscTables(version);
    const containerd = await Containerd.start({ runtime: runscRuntime, config });
    opened.set(version.name, containerd);
    for (const id of ids) await containerd.runDetached(id, sleep);
  }
});
test.after.always(async () => {
  const ended = await Promise.allSettled([...opened.values()].map((each) => each[Symbol.asyncDispose]()));
  for (const result of ended) if (result.status === "rejected") throw result.reason;
});

for (const { name, platform } of runscVersions) {
  const scene = () => {
    const containerd = opened.get(name);
    if (containerd === undefined) throw new Error("no containerd");
    return containerd;
  };

  test.serial(`runsc ${name} – kernel – gVisor's, on the platform that the configuration names`, async (t) => {
    const containerd = scene();
    const { stdout, status } = await containerd.exec("app", "kernel", ["/bin/dmesg"]);
    t.regex(stdout, /Starting gVisor/);
    t.is(status, 0);
    t.is(platformOf(sandboxArgs(containerd, "app")) ?? platform, platform);
  });

  test.serial(`runsc ${name} – an id with "detach" in it – execs run`, async (t) => {
    t.is((await scene().exec("app.detached", "detach", shell("exit 5"))).status, 5);
  });

  test.serial(`runsc ${name} – a signal for an exec – reaches the process in the sandbox`, async (t) => {
    using client = await connectShim(scene(), "app");
    const traps = { id: "app", exec_id: "traps" };
    const script = "trap 'touch /caught; exit 6' USR1; touch /ready; while :; do sleep 0.05; done";
    await client.exec(execRequest(traps.id, traps.exec_id, shell(script)));
    await client.start(traps);
    t.is(await runExec(client, "app", shell("until [ -e /ready ]; do sleep 0.05; done")), 0);
    await client.kill({ ...traps, signal: 10 });
    t.is((await client.wait(traps)).exit_status, 6);
    t.is(await runExec(client, "app", ["/bin/ls", "/caught"]), 0);
  });

  test.serial(`runsc ${name} – Pids – those of the sandbox, with the ids of execs`, async (t) => {
    using client = await connectShim(scene(), "app-2");
    await client.exec(execRequest("app-2", "one", sleep));
    await client.start({ id: "app-2", exec_id: "one" });
    const { processes } = await client.pids({ id: "app-2" });
    t.deepEqual(
      processes.map(({ pid, info }) => [pid, info?.value && wire.ProcessDetails.decode(info.value).exec_id]),
      [
        [1, undefined],
        [2, "one"],
      ],
    );
  });

  test.serial(`runsc ${name} – ids that others begin with – every command finds its container`, async (t) => {
    const containerd = scene();
    using client = await connectShim(containerd, "app");
    for (const id of ids) t.is(await runExec(client, id, ["/bin/touch", `/${id}`]), 0);
    await containerd.remove("app");
    for (const id of ids.filter((each) => each !== "app")) {
      const others = ids.filter((each) => each !== id).map((each) => `[ ! -e /${each} ]`);
      t.is(await runExec(client, id, shell(`[ -e /${id} ] && ${others.join(" && ")} && exit 4`)), 4);
    }
  });

  test.serial(`runsc ${name} – kill -9 of the sandbox – 137, the event, and nothing is left`, async (t) => {
    const containerd = scene();
    await using events = await CtrEvents.open(containerd);
    const pid = (await containerd.task("app1"))?.pid ?? 0;
    process.kill(pid, "SIGKILL");
    t.is((await events.next("app1", "/tasks/exit")).fields["exit_status"], 137);
    t.is(await exitStatus(containerd, "app1"), 137);
    await containerd.remove("app1");
    t.deepEqual(
      runscState(containerd.namespace).filter((file) => file.startsWith("app1_")),
      [],
    );
  });

  test.serial(
    `runsc ${name} – the file of gVisor's own shim, named by the client – its options, and flags by annotation`,
    async (t) => {
      const containerd = scene();
      const path = join(containerd.dir, "runsc.toml");
      const debugLog = `${containerd.dir}/debug-%ID%/`;
      writeFileSync(
        path,
        `[runsc_config]\nplatform = "ptrace"\n"debug-log" = "${debugLog}"\n"allow-flag-override" = true\n`,
      );
      const options = ["--runtime-config-path", path];
      const flags = [...options, "--annotation", "dev.gvisor.flag.oci-seccomp=true"];
      await containerd.runDetached("toml", sleep, { flags });
      const argv = sandboxArgs(containerd, "toml");
      t.is(platformOf(argv) ?? platform, "ptrace");
      t.true(argv.includes(`--debug-log=${containerd.dir}/debug-toml__/`));
      t.true(argv.includes("--oci-seccomp=true"));
      writeFileSync(path, "runsc_confg = 1\n");
      const { stderr } = await containerd.run("typo", sleep, { flags: ["--rm", ...options] });
      t.regex(stderr, /runsc\.toml: runsc_confg is unknown; did you mean `runsc_config`\?/);
    },
  );

  test.serial(`runsc ${name} – checkpoint and restore, without CRIU – the restored container counts on`, async (t) => {
    const containerd = scene();
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
