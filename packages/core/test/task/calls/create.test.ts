import { symlinkSync, writeFileSync } from "node:fs";
import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { readProcess } from "../../../src/native/proc.ts";
import { initPidFile } from "../../../src/oci/pid-file.ts";
import { wire } from "../../../src/proto/gen/wire.js";
import { defaultOptions } from "../../../src/runtime/options.ts";
import { readJournal, writeJournal } from "../../../src/task/container/journal.ts";
import { openTasks } from "../../_support/task-fixture.ts";

const signal = new AbortController().signal;

async function rejects(t: ExecutionContext, work: Promise<unknown>, code: Code, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(work, { instanceOf: StatusError, message });
  t.is(error?.code, code);
}

test("create – a failure leaves no container, no claim and no event", async (t) => {
  using f = openTasks();
  f.runtime.onCreate = () => Promise.reject(new StatusError(Code.Unknown, "OCI runtime create failed: boom"));
  await rejects(t, f.create("c"), Code.Unknown, /boom/);
  t.deepEqual(f.runtime.calls, ["create"]);
  t.is(f.tasks.size, 0);
  t.deepEqual(f.released, ["c"]);
  t.deepEqual(f.events, []);
  t.throws(() => f.tasks.container("c"), { message: /not found/ });
});

test("create – an id that is there or on its way is refused and left alone", async (t) => {
  using f = openTasks();
  const { promise, resolve } = Promise.withResolvers<void>();
  f.runtime.onCreate = () => promise;
  const first = f.create("c");
  await rejects(t, f.create("c"), Code.AlreadyExists, /container c/);
  resolve();
  await first;
  await rejects(t, f.create("c"), Code.AlreadyExists, /container c/);
  t.deepEqual(f.released, []);
});

const badRequests: readonly [string, Partial<wire.CreateTaskRequest>, Code, RegExp][] = [
  ["empty id", { id: "" }, Code.InvalidArgument, /container id is empty/],
  ["id with a slash", { id: "a/b" }, Code.InvalidArgument, /does not match/],
  ["id that climbs", { id: ".." }, Code.InvalidArgument, /does not match/],
  ["id of 1,000 characters", { id: "a".repeat(1000) }, Code.InvalidArgument, /1000 characters/],
  ["relative bundle", { id: "c", bundle: "x" }, Code.InvalidArgument, /not an absolute path/],
  ["bundle that climbs", { id: "c", bundle: "/run/../etc" }, Code.InvalidArgument, /not an absolute path/],
  ["missing bundle", { id: "c", bundle: "/nonexistent" }, Code.InvalidArgument, /does not exist/],
  ["bundle with a NUL", { id: "c", bundle: "/a\0b" }, Code.InvalidArgument, /not an absolute path/],
  ["bundle of 5,000 characters", { id: "c", bundle: `/${"a".repeat(4999)}` }, Code.InvalidArgument, /5000 characters/],
];
for (const [what, fields, code, message] of badRequests) {
  test(`create – refuses – ${what}`, async (t) => {
    using f = openTasks();
    await rejects(t, f.tasks.create(wire.CreateTaskRequest.create(fields), signal), code, message);
    t.deepEqual(f.runtime.calls, []);
    t.is(f.tasks.size, 0);
    if (!isName(fields.id))
      t.deepEqual(f.released, [], "the daemon has no claim of that name, and may not look for one");
  });
}

const isName = (id: string | undefined): boolean => id === "c";

test("create – a bundle in which another container lives – refused, also by another path, until that is deleted", async (t) => {
  using f = openTasks();
  await f.create("first");
  const bundle = f.bundle("first");
  symlinkSync(bundle, `${bundle}-link`);
  for (const path of [bundle, `${bundle}-link`]) {
    const request = wire.CreateTaskRequest.create({ id: "second", bundle: path });
    await rejects(t, f.tasks.create(request, signal), Code.AlreadyExists, /belongs to container first/);
  }
  t.is(readJournal(bundle)?.id, "first");
  const deleting = f.tasks.delete("first", "", signal);
  f.reaper.exit(f.tasks.process("first", "").pid, 137);
  await deleting;
  await f.tasks.create(wire.CreateTaskRequest.create({ id: "second", bundle }), signal);
  t.is(readJournal(bundle)?.id, "second");
});

test("create – a bundle in which a container of another daemon runs – refused", async (t) => {
  using f = openTasks();
  const bundle = f.bundle("c");
  const { pid, startTime } = readProcess("self") ?? {};
  const daemon = { pid: pid ?? 0, directory: `/run/d/${pid}.${startTime}` };
  const journal = {
    version: 1,
    id: "other",
    namespace: "test",
    runtime: "fake",
    options: defaultOptions,
    daemon,
  } as const;
  writeJournal(bundle, journal);
  writeFileSync(initPidFile(bundle), String(pid));
  await rejects(t, f.create("c"), Code.AlreadyExists, /belongs to container other/);
  t.is(readJournal(bundle)?.id, "other");
  writeJournal(bundle, { ...journal, daemon: { ...daemon, directory: `/run/d/${pid}.1` } }); // that daemon is dead
  await f.create("c");
});

for (const cgroupsPath of ["/", "/..", ".", "//a/..", "../.."]) {
  test(`create – the shim's own cgroup as the container's – refused – ${cgroupsPath}`, async (t) => {
    using f = openTasks();
    const bundle = f.bundle("c");
    writeFileSync(`${bundle}/config.json`, JSON.stringify({ linux: { cgroupsPath } }));
    const request = wire.CreateTaskRequest.create({ id: "c", bundle });
    await rejects(t, f.tasks.create(request, signal), Code.InvalidArgument, /is the shim's own cgroup, or above it/);
    t.deepEqual(f.runtime.calls, []);
  });
}

test("create – a runtime that sends no terminal – the container is removed again", async (t) => {
  using f = openTasks();
  const request = wire.CreateTaskRequest.create({ id: "c", bundle: f.bundle("c"), terminal: true });
  await rejects(t, f.tasks.create(request, signal), Code.Unknown, /sent no terminal/);
  t.deepEqual(f.runtime.calls, ["create", "delete --force"]);
  t.is(f.tasks.size, 0);
  t.deepEqual(f.events, []);
});

test("create – refuses options of a type it does not know", async (t) => {
  using f = openTasks();
  const options = { type_url: "example.Options", value: new Uint8Array() };
  const request = wire.CreateTaskRequest.create({ id: "c", bundle: f.bundle("c"), options });
  await rejects(t, f.tasks.create(request, signal), Code.InvalidArgument, /example\.Options/);
});
