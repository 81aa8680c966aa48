import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { wire } from "../../src/proto/gen/wire.js";
import type { CommandResult } from "../../src/reaper/command.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { Fifo } from "../_support/fifo.ts";
import { HangingFs } from "../_support/hanging-fs.ts";
import { SyncCalls } from "../_support/sync-calls.ts";
import { FakeRuntime, openTasks } from "../_support/task-fixture.ts";
import { TempDir } from "../_support/temp-dir.ts";

const signal = new AbortController().signal;
const done: CommandResult = { exitStatus: 0, stdout: "", stderr: "" };

test.serial("SyncCalls – sees calls below the directory, of each import, and no others", (t) => {
  using dir = new TempDir();
  mkdirSync(dir.join("marked"));
  const path = dir.join("marked/file");
  using calls = new SyncCalls(dir.join("marked"));
  writeFileSync(path, "");
  writeFileSync(dir.join("marked-not"), "");
  readFileSync(path);
  t.deepEqual(calls.seen, [`writeFileSync ${path}`, `readFileSync ${path}`]);
  calls[Symbol.dispose]();
  readFileSync(path);
  t.is(calls.seen.length, 2);
});

/** Opens tasks with a container whose configuration and root file system refer to directories of the client. */
function open(marked: string) {
  const runtime: Runtime & FakeRuntime = Object.assign(new FakeRuntime(), {
    checkpoint: async () => {},
    restore: async () => ({ pid: 1_000_000 }),
  });
  const commands = { run: async () => done };
  const f = openTasks({ commands, runtimeOf: async () => ({ name: "fake", runtime, defaults: {} }) });
  const bundle = f.bundle("c");
  const mounts = [{ type: "bind", source: join(marked, "volume"), destination: "/volume" }];
  const spec = { ociVersion: "1.0.2", root: { path: join(marked, "root") }, mounts, linux: { namespaces: [] } };
  writeFileSync(join(bundle, "config.json"), JSON.stringify(spec));
  return { f, bundle };
}

test.serial("a container's life – no synchronous call on what the client names", async (t) => {
  using dir = new TempDir();
  const marked = dir.join("client");
  mkdirSync(marked);
  const at = (name: string): string => join(marked, name);
  using stack = new DisposableStack();
  for (const name of ["in", "out", "exec-in", "exec-out"]) stack.use(new Fifo(at(name))).open();
  const { f, bundle } = open(marked);
  using _ = f;
  const rootfs = [wire.Mount.create({ type: "bind", source: at("root"), options: ["rbind"] })];
  const stdio = { stdin: at("in"), stdout: at("out"), stderr: `file://${at("logs/err.log")}` };
  using calls = new SyncCalls(marked);
  const { init } = await f.tasks.create(wire.CreateTaskRequest.create({ id: "c", bundle, rootfs, ...stdio }), signal);
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e", { stdin: at("exec-in"), stdout: at("exec-out") });
  const pid = await f.tasks.start("c", "e", signal);
  await f.tasks.checkpoint(wire.CheckpointTaskRequest.create({ id: "c", path: at("image") }), signal);
  f.reaper.exit(pid, 0);
  await f.tasks.process("c", "e").wait(signal);
  await f.tasks.delete("c", "e", signal);
  f.reaper.exit(init.pid, 0);
  await f.tasks.process("c", "").wait(signal);
  await f.tasks.delete("c", "", signal);
  t.deepEqual(calls.seen, []);
});

test.serial("a restore – no synchronous call on the image of a file system that may not answer", async (t) => {
  using fs = new HangingFs();
  const { f, bundle } = open(fs.path);
  using _ = f;
  using calls = new SyncCalls(fs.path);
  await f.tasks.create(wire.CreateTaskRequest.create({ id: "c", bundle, checkpoint: fs.join("dir-image") }), signal);
  await f.tasks.start("c", "", signal);
  t.deepEqual(calls.seen, []);
});
