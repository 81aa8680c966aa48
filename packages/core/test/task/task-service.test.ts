import type { UnaryMethod } from "@dunnage/ttrpc";
import test from "ava";
import { wire } from "../../src/proto/gen/wire.js";
import { taskServices } from "../../src/task/task-service.ts";
import { openTasks, type TaskFixture } from "../_support/task-fixture.ts";

const signal = new AbortController().signal;
const { RUNNING, PAUSED, STOPPED } = wire.Status;

interface Message<T> {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** Opens a client that calls the methods of the service with bytes, as a real client does. */
function openClient(f: TaskFixture) {
  const service = taskServices(f.tasks.registry, () => {})["containerd.task.v3.Task"] ?? {};
  const send = async (method: string, payload: Uint8Array): Promise<Uint8Array> => {
    const call = { signal, attempt: 0 } as Parameters<UnaryMethod>[1];
    return (await service[method]?.(payload, call)) ?? new Uint8Array();
  };
  return {
    command: async <T>(method: string, request: Message<T>, fields: Partial<T> & object): Promise<number> =>
      (await send(method, request.encode(fields).finish())).length,
    state: async (exec_id = "") =>
      wire.StateResponse.decode(await send("State", wire.StateRequest.encode({ id: "c", exec_id }).finish())),
    wait: async (exec_id = "") =>
      wire.WaitResponse.decode(await send("Wait", wire.WaitRequest.encode({ id: "c", exec_id }).finish())),
    pids: async () => wire.PidsResponse.decode(await send("Pids", wire.PidsRequest.encode({ id: "c" }).finish())),
  };
}

test("task service – an exec from Exec to its end – State, Pids and Wait show it", async (t) => {
  using f = openTasks();
  const client = openClient(f);
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  const spec = { value: Buffer.from(JSON.stringify({ args: ["true"], cwd: "/" })) };
  t.is(await client.command("Exec", wire.ExecProcessRequest, { id: "c", exec_id: "e", spec }), 0);
  await client.command("Start", wire.StartRequest, { id: "c", exec_id: "e" });
  t.like(await client.state("e"), { id: "e", bundle: f.bundle("c"), pid: pid + 1, status: RUNNING, exit_status: 0 });
  await client.command("Pause", wire.PauseRequest, { id: "c" });
  t.is((await client.state("e")).status, PAUSED);
  await client.command("Resume", wire.ResumeRequest, { id: "c" });
  t.is((await client.state("e")).status, RUNNING);
  t.deepEqual(
    (await client.pids()).processes.map((process) => process.pid),
    [pid],
  );
  const waiting = client.wait("e");
  f.reaper.exit(pid + 1, 3);
  t.is((await waiting).exit_status, 3);
  t.like(await client.state("e"), { status: STOPPED, exit_status: 3 });
});

test("task service – Update, Kill, CloseIO and ResizePty reach the container – each answers Empty", async (t) => {
  using f = openTasks();
  const client = openClient(f);
  await f.create("c");
  await f.tasks.start("c", "", signal);
  const resources = { value: Buffer.from('{"pids":{"limit":7}}') };
  t.is(await client.command("Update", wire.UpdateTaskRequest, { id: "c", resources }), 0);
  t.is(await client.command("CloseIO", wire.CloseIORequest, { id: "c", stdin: true }), 0);
  t.is(await client.command("ResizePty", wire.ResizePtyRequest, { id: "c", width: 65_536 + 80, height: 24 }), 0);
  t.deepEqual(f.tasks.process("c", "").size, { width: 80, height: 24 });
  t.is(await client.command("Kill", wire.KillRequest, { id: "c", signal: 15, all: true }), 0);
  t.deepEqual(f.runtime.calls, ["create", "start", 'update {"pids":{"limit":7}}', "kill 15 all"]);
});
