import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { wire } from "../../src/proto/gen/wire.js";
import { openTasks } from "../_support/task-fixture.ts";

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
  ["bundle that is not there", { id: "c", bundle: "/nonexistent" }, Code.InvalidArgument, /config\.json/],
];
for (const [what, fields, code, message] of badRequests) {
  test(`create – refuses – ${what}`, async (t) => {
    using f = openTasks();
    await rejects(t, f.tasks.create(wire.CreateTaskRequest.create(fields), signal), code, message);
    t.deepEqual(f.runtime.calls, []);
    t.is(f.tasks.size, 0);
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
