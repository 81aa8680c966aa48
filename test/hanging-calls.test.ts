/** Calls whose runtime command hangs. They are made directly to a shim, without containerd. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { type CallOptions, Code } from "../packages/ttrpc/src/index.ts";
import { toOciProcess } from "./_support/bundle.ts";
import { Containerd } from "./_support/containerd.ts";
import { DirectShim } from "./_support/direct-shim.ts";
import { HangingRunc, type RuncVerb } from "./_support/hanging-runc.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { refusal } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

// containerd's own shim waits for runc, and blocks everything that needs the same lock.
const beyondReference = isReference ? test.serial.skip : test.serial;

let runc: HangingRunc;
let containerd: Containerd;
let neighbour: DirectShim;
test.before(async () => {
  runc = new HangingRunc(mkdtempSync(join(tmpdir(), "hanging-runc-")));
  containerd = await Containerd.start({ path: [runc.dir] });
  neighbour = await DirectShim.start(containerd, "neighbour");
  await neighbour.create();
  await neighbour.client.start({ id: "neighbour" });
});
test.after.always(async () => {
  try {
    await neighbour?.[Symbol.asyncDispose]();
    await containerd?.[Symbol.asyncDispose]();
  } finally {
    rmSync(runc.dir, { recursive: true });
  }
});

type Step = (shim: DirectShim, options?: CallOptions) => Promise<unknown>;

const create: Step = (shim, options) => shim.create({}, options);
const start: Step = ({ client, id }, options) => client.start({ id }, options);
const addExec: Step = ({ client, id }) => {
  const spec = { type_url: "Process", value: Buffer.from(JSON.stringify(toOciProcess(["/bin/true"]))) };
  return client.exec({ id, exec_id: "e", spec });
};
const startExec: Step = ({ client, id }, options) => client.start({ id, exec_id: "e" }, options);
const kill: Step = ({ client, id }, options) => client.kill({ id, signal: 9 }, options);
const pause: Step = ({ client, id }, options) => client.pause({ id }, options);
const update: Step = ({ client, id }, options) =>
  client.update({ id, resources: { value: Buffer.from("{}") } }, options);
const remove: Step = ({ client, id }, options) => client.delete({ id }, options);
const wait: Step = ({ client, id }, options) => client.wait({ id }, options);

interface Row {
  /** Steps before the call. */
  readonly before: readonly Step[];
  readonly call: Step;
}

const rows: Readonly<Partial<Record<RuncVerb, Row>>> = {
  start: { before: [create], call: start },
  exec: { before: [create, start, addExec], call: startExec },
  kill: { before: [create, start], call: kill },
  pause: { before: [create, start], call: pause },
  update: { before: [create, start], call: update },
  delete: { before: [create, start, kill, wait], call: remove },
};

/** Makes the calls that must be answered even if the runtime hangs. */
async function askAll({ client, id }: DirectShim): Promise<readonly number[]> {
  const [state, pids, connect] = await Promise.all([client.state({ id }), client.pids({ id }), client.connect({ id })]);
  if (state.status !== wire.Status.STOPPED) await client.stats({ id });
  return [state.pid, connect.task_pid, pids.processes.length > 0 ? state.pid : 0];
}

/** Runs the whole life of a container. */
async function live(id: string): Promise<number> {
  await using shim = await DirectShim.start(containerd, id);
  for (const step of [create, start, addExec, startExec, pause]) await step(shim);
  await shim.client.resume({ id });
  await kill(shim);
  const { exit_status: status } = await shim.client.wait({ id });
  await remove(shim);
  return status;
}

beyondReference(
  "runc start, exec, kill, pause, update and delete hang – others are served, the deadline ends it, later it works",
  async (t) => {
    await using shims = new AsyncDisposableStack();
    const hanging = await Promise.all(
      (Object.entries(rows) as [RuncVerb, Row][]).map(async ([verb, { before, call }]) => {
        const id = `hang-${verb}`;
        const shim = shims.use(await DirectShim.start(containerd, id));
        if (verb === "delete") runc.hang(id, verb);
        for (const step of before) await step(shim);
        runc.hang(id, verb);
        const calling = refusal(call(shim, { timeoutMs: 5_000 }));
        return { id, verb, shim, call, calling, pid: await runc.reached(id, verb), answers: await askAll(shim) };
      }),
    );
    t.is(await live("next-to-them"), 137);
    for (const { id, verb, shim, call, calling, pid, answers } of hanging) {
      const [statePid, connectPid, listedPid] = answers;
      t.true(Number(statePid) > 0, verb);
      t.deepEqual([connectPid, listedPid], [statePid, statePid], verb);
      t.is((await calling)?.code, Code.DeadlineExceeded, verb);
      await runc.ended(pid);
      runc.mend(id, verb);
      t.is(await refusal(call(shim)), undefined, verb);
    }
  },
);

beyondReference("runc create hangs – the deadline ends it, nothing is left, the same id works", async (t) => {
  await using shim = await DirectShim.start(containerd, "half");
  runc.hang("half", "create");
  const calling = refusal(create(shim, { timeoutMs: 2_000 }));
  const pid = await runc.reached("half", "create");
  t.is((await refusal(create(shim)))?.code, Code.AlreadyExists);
  t.is((await refusal(shim.client.state({ id: "half" })))?.code, Code.NotFound);
  t.is(await live("next-to-create"), 137);
  t.is((await calling)?.code, Code.DeadlineExceeded);
  await runc.ended(pid);
  runc.mend("half", "create");
  await until(async () => (await refusal(create(shim))) === undefined, "the id is free");
  t.is(await refusal(start(shim)), undefined);
});

const held: readonly [RuncVerb, Row][] = [
  ["start", { before: [create], call: start }],
  ["exec", { before: [create, start, addExec], call: startExec }],
  ["pause", { before: [create, start], call: pause }],
];
beyondReference(
  "runc start, exec and pause hang for ever – no client has set a deadline – the container can be killed and deleted",
  async (t) => {
    await using shims = new AsyncDisposableStack();
    const kills = held.map(async ([verb, { before, call }]) => {
      const id = `held-${verb}`;
      const shim = shims.use(await DirectShim.start(containerd, id));
      for (const step of before) await step(shim);
      runc.hang(id, verb);
      const calling = refusal(call(shim));
      const pid = await runc.reached(id, verb);
      await kill(shim);
      t.is((await shim.client.wait({ id })).exit_status, 137, verb);
      t.is((await shim.client.delete({ id })).exit_status, 137, verb);
      await runc.ended(pid);
      const refused = await calling;
      t.is(refused?.code, Code.Unknown, verb);
      t.regex(refused?.message ?? "", new RegExp(`container ${id} has ended`));
    });
    await Promise.all(kills);
  },
);

beyondReference(
  "every command hangs – the client cancels – the container is removed when runc works again",
  async (t) => {
    const all: RuncVerb[] = ["create", "start", "exec", "kill", "delete", "pause", "update", "state"];
    await using shim = await DirectShim.start(containerd, "all");
    runc.hang("all", ...all);
    const calling = refusal(create(shim, { timeoutMs: 1_000 }));
    await runc.reached("all", "create");
    t.is((await calling)?.code, Code.DeadlineExceeded);
    t.is(await live("next-to-all"), 137);
    runc.mend("all", ...all);
    await until(async () => (await refusal(create(shim))) === undefined, "the id is free", 60_000);
    t.is(await refusal(start(shim)), undefined);
  },
);
