/** Parts of a daemon that are replaced by the module of a plugin, one plugin each, under a real containerd. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const withPlugins = isReference ? test.serial.skip : test.serial;

/** Starts a containerd whose shims have a plugin with this module, which writes lines of JSON into `record`. */
function startWith(module: string): Promise<Containerd> {
  const text = `
    import { appendFileSync } from "node:fs";
    import { definePlugin, openIo, Tokens, type Exit, type OpenIo, type Publisher } from "@dunnage/core";
    import { ContainerModule } from "inversify";
    const record = (line: unknown) => appendFileSync(import.meta.dirname + "/record", JSON.stringify(line) + "\\n");
    export default definePlugin({ name: "replaces", apiVersion: 1, module: ${module} });`;
  return Containerd.start({
    config: (dir) => {
      writeFileSync(join(dir, "plugin.ts"), text);
      return `linger = "1s"\n[[plugin]]\nname = "replaces"\nuse = "module:${dir}/plugin.ts"\n`;
    },
  });
}

function readRecord<Line>({ dir }: Containerd): readonly Line[] {
  const file = join(dir, "record");
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

withPlugins("Tokens.Publisher – wrapped – every event passes it on its way to containerd", async (t) => {
  await using containerd = await startWith(`new ContainerModule(({ onActivation }) => {
    onActivation(Tokens.Publisher, (_context, publisher: Publisher): Publisher => ({
      publish: (event) => { record(event.topic); publisher.publish(event); },
      flush: (signal) => publisher.flush(signal),
      close: () => publisher.close(),
    }));
  })`);
  t.like(await containerd.run("events", ["/bin/true"], { flags: ["--rm"] }), { status: 0 });
  const topics = ["create", "start", "exit", "delete"].map((name) => `/tasks/${name}`);
  t.deepEqual(readRecord(containerd), topics);
  for (const topic of topics) await until(() => containerd.log.includes(`topic=${topic}`), "containerd has it");
});

withPlugins("Tokens.Publisher – replaced – events go where it sends them, and only there", async (t) => {
  await using containerd = await startWith(`new ContainerModule(({ rebind }) => {
    const publish: Publisher["publish"] = ({ topic, typeUrl }) => record([topic, typeUrl]);
    rebind(Tokens.Publisher).toConstantValue({ publish, flush: async () => record("flush"), close: () => record("close") });
  })`);
  t.like(await containerd.run("no-events", ["/bin/sh", "-c", "exit 3"], { flags: ["--rm"] }), { status: 3 });
  const lines = await until(() => {
    const all = readRecord<unknown>(containerd);
    return all.at(-1) === "close" ? all : undefined;
  }, "the daemon ends");
  t.deepEqual(lines.slice(0, 4), [
    ["/tasks/create", "containerd.events.TaskCreate"],
    ["/tasks/start", "containerd.events.TaskStart"],
    ["/tasks/exit", "containerd.events.TaskExit"],
    ["/tasks/delete", "containerd.events.TaskDelete"],
  ]);
  t.false(containerd.log.includes("topic=/tasks/start"));
});

withPlugins("Tokens.Stdio – replaced – decides where streams go, for init and exec", async (t) => {
  await using containerd = await startWith(`new ContainerModule(({ rebind }) => {
    const stdio: OpenIo = async (paths, options, deps) => {
      if (options.subject.id === "refused") throw new Error("no streams today");
      record([options.subject.id, paths.stdout !== "", options.direct]);
      return openIo({ ...paths, stderr: paths.stdout }, { ...options, direct: false }, deps);
    };
    rebind(Tokens.Stdio).toConstantValue(stdio);
  })`);
  const both = ["/bin/sh", "-c", "echo out; echo err >&2"];
  t.like(await containerd.run("streams", both, { flags: ["--rm"] }), { status: 0, stdout: "out\nerr\n", stderr: "" });
  await containerd.runDetached("lives", ["/bin/sleep", "1000"]);
  t.like(await containerd.exec("lives", "exec-1", both), { status: 0, stdout: "out\nerr\n", stderr: "" });
  t.deepEqual(readRecord(containerd), [
    ["streams", true, true],
    ["lives", true, true],
    ["exec-1", true, false],
  ]);
  t.regex((await containerd.run("refused", both)).stderr, /no streams today/);
});

withPlugins(
  "Tokens.ExitListener – replaced – is notified of every exit, of init, of execs, and of commands",
  async (t) => {
    await using containerd = await startWith(`new ContainerModule(({ rebind }) => {
    rebind(Tokens.ExitListener).toConstantValue(({ pid, exitStatus }: Exit) => {
      record([pid, exitStatus]);
      throw new Error("a failing listener harms no container");
    });
  })`);
    await containerd.runDetached("ends", ["/bin/sh", "-c", "trap 'exit 41' TERM; while :; do sleep 0.1; done"]);
    const { pid } = (await containerd.task("ends")) ?? { pid: 0 };
    t.is((await containerd.exec("ends", "e", ["/bin/sh", "-c", "exit 42"])).status, 42);
    await until(async () => {
      await containerd.ctr("task", "kill", "-s", "SIGTERM", "ends");
      return readRecord<[number, number]>(containerd).some((line) => line[0] === pid);
    }, "its trap is there");
    const exits = readRecord<[number, number]>(containerd);
    t.deepEqual(
      exits.find((line) => line[0] === pid),
      [pid, 41],
    );
    t.true(exits.some((line) => line[1] === 42));
    t.true(
      exits.some((line) => line[1] === 0),
      "commands of the runtime",
    );
  },
);
