import { ClosedError, StatusError } from "../../packages/ttrpc/src/index.ts";
import { toOciProcess, toOciSpec } from "./bundle.ts";
import type { Containerd } from "./containerd.ts";
import { DirectShim, sharedRootfs } from "./direct-shim.ts";
import { refusal, type TaskClient } from "./task-client.ts";

// The signal of the table's kill call does not end it: a handler is there.
const stubborn = ["/bin/sh", "-c", "trap : USR1; while :; do sleep 1000 & wait $!; done"];

/** A way to bring the container (and, for some, an exec called `x`) into a state. */
export const situations = {
  unknown: async () => undefined,
  created: create,
  running: start,
  stopped: stop,
  deleted: async (shim: DirectShim) => {
    await stop(shim);
    await shim.client.delete({ id: shim.id });
  },
  "exec added": addExec,
  "exec added, init stopped": async (shim: DirectShim) => {
    await addExec(shim);
    await endInit(shim);
  },
  "exec running": startExec,
  "exec stopped": stopExec,
  "exec stopped, init stopped": async (shim: DirectShim) => {
    await stopExec(shim);
    await endInit(shim);
  },
  "exec deleted": async (shim: DirectShim) => {
    await stopExec(shim);
    await shim.client.delete({ id: shim.id, exec_id: "x" });
  },
  "exec failed to start": async (shim: DirectShim) => {
    await start(shim);
    await addCommand(shim, ["/bin/bahs"]);
    await refusal(shim.client.start({ id: shim.id, exec_id: "x" }));
  },
} as const satisfies Record<string, (shim: DirectShim) => Promise<unknown>>;

export type Situation = keyof typeof situations;

/** The calls of the table; `exec_id` is empty in the situations without exec. */
export const calls = {
  state: async (client, target) => {
    const { status, exit_status, pid, id } = await client.state(target);
    const isExec = id === target.exec_id;
    return `status ${status} exit ${exit_status} pid ${pid > 0} id ${isExec ? "of the exec" : "of the container"}`;
  },
  start: async (client, target) => `pid ${(await client.start(target)).pid > 0}`,
  kill: async (client, target) => void (await client.kill({ ...target, signal: 10 })),
  delete: async (client, target) => {
    const { pid, exit_status, exited_at } = await client.delete(target);
    return `exit ${exit_status} pid ${pid > 0} exited ${Number(exited_at?.seconds ?? 0) > 0}`;
  },
  wait: async (client, target) => {
    const wait = client.wait(target).then(({ exit_status, exited_at }) => {
      return `exit ${exit_status} exited ${Number(exited_at?.seconds ?? 0) > 0}`;
    });
    // Answers come in any order: what is not there after three more calls is waiting for something.
    const later = async () => {
      for (let i = 0; i < 3; i++) await client.connect({ id: target.id });
      return "blocks";
    };
    return Promise.race([wait, later()]);
  },
  closeIo: async (client, target) => void (await client.closeIo({ ...target, stdin: true })),
  exec: async (client, { id, exec_id }) => void (await client.exec(execRequest(id, exec_id || "x", ["/bin/true"]))),
  pids: async (client, { id }) => ((await client.pids({ id })).processes.length > 0 ? "some" : "none"),
  stats: async (client, { id }) => (await client.stats({ id })).stats?.type_url ?? "none",
  connect: async (client, { id }) => {
    const { shim_pid, task_pid } = await client.connect({ id });
    return `shim ${shim_pid > 0} task ${task_pid > 0}`;
  },
  shutdown: async (client, { id }) => void (await client.shutdown({ id })),
} as const satisfies Record<string, (client: TaskClient, target: Target) => Promise<string | undefined>>;

export type CallName = keyof typeof calls;

/** One line of the table. */
export interface Cell {
  readonly situation: Situation;
  readonly call: CallName;
}

/** All lines; the calls that know no exec are made only in the situations without one. */
export const cells: readonly Cell[] = (Object.keys(situations) as Situation[]).flatMap((situation) =>
  (Object.keys(calls) as CallName[])
    .filter((call) => !situation.startsWith("exec") || !["pids", "stats", "connect", "shutdown"].includes(call))
    .map((call) => ({ situation, call })),
);

interface Target {
  readonly id: string;
  readonly exec_id: string;
}

/** Brings a new container into a situation and makes one call; returns what the client sees, without what differs by chance. */
export async function answerOf(containerd: Containerd, { situation, call }: Cell): Promise<string> {
  const spec = toOciSpec(stubborn, { root: sharedRootfs(containerd) });
  const id = `${situation}-${call}`.replaceAll(/[^a-z]+/gi, "-");
  await using shim = await DirectShim.start(containerd, id, { spec });
  await situations[situation](shim);
  const target = { id, exec_id: situation.startsWith("exec") ? "x" : "" };
  try {
    return (await calls[call](shim.client, target)) ?? "ok";
  } catch (error) {
    if (error instanceof ClosedError) return "connection lost";
    if (!StatusError.is(error)) throw error;
    return `code ${error.code}: ${error.message}`.replaceAll(id, "ID").replaceAll(containerd.dir, "DIR");
  }
}

function execRequest(id: string, exec_id: string, command: readonly string[]) {
  const value = Buffer.from(JSON.stringify(toOciProcess(command)));
  return { id, exec_id, spec: { type_url: "types.containerd.io/opencontainers/runtime-spec/1/Process", value } };
}

async function create(shim: DirectShim): Promise<void> {
  await shim.create();
}

async function start(shim: DirectShim): Promise<void> {
  await shim.create();
  await shim.client.start({ id: shim.id });
}

async function endInit({ client, id }: DirectShim): Promise<void> {
  await client.kill({ id, signal: 9 });
  await client.wait({ id });
}

async function stop(shim: DirectShim): Promise<void> {
  await start(shim);
  await endInit(shim);
}

async function addCommand({ client, id }: DirectShim, command: readonly string[]): Promise<void> {
  await client.exec(execRequest(id, "x", command));
}

async function addExec(shim: DirectShim): Promise<void> {
  await start(shim);
  await addCommand(shim, stubborn);
}

async function startExec(shim: DirectShim): Promise<void> {
  await addExec(shim);
  await shim.client.start({ id: shim.id, exec_id: "x" });
}

async function stopExec(shim: DirectShim): Promise<void> {
  await startExec(shim);
  await shim.client.kill({ id: shim.id, exec_id: "x", signal: 9 });
  await shim.client.wait({ id: shim.id, exec_id: "x" });
}
