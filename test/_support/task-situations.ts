import { toOciProcess } from "./bundle.ts";
import type { DirectShim } from "./direct-shim.ts";
import { refusal } from "./task-client.ts";

/** The command of init and exec. */
export const sleeper = ["/bin/sleep", "1000"];

/** Functions that bring the container into each state. */
const ofInit = {
  unknown: async () => undefined,
  created: create,
  running: start,
  paused: async (shim: DirectShim) => {
    await start(shim);
    await pause(shim);
  },
  stopped: async (shim: DirectShim) => {
    await start(shim);
    await endInit(shim);
  },
  deleted: async (shim: DirectShim) => {
    await start(shim);
    await endInit(shim);
    await shim.client.delete({ id: shim.id });
  },
} as const satisfies Record<string, Move>;

/** Functions that bring an exec called `x` into each state. Its container is running unless the name says otherwise. */
const ofExec = {
  "exec unknown": start,
  "exec created": addExec,
  "exec created, init stopped": async (shim: DirectShim) => {
    await addExec(shim);
    await endInit(shim);
  },
  "exec running": startExec,
  "exec paused": async (shim: DirectShim) => {
    await startExec(shim);
    await pause(shim);
  },
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
} as const satisfies Record<string, Move>;

/** An action on a shim between two calls. */
export type Move = (shim: DirectShim) => Promise<unknown>;

/** Every situation. The names of those about an exec begin with "exec". */
export const situations = { ...ofInit, ...ofExec };

export type SituationName = keyof typeof situations;

/** Returns the fields of an Exec request for a command. */
export function execRequest(id: string, exec_id: string, command: readonly string[]) {
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

async function pause({ client, id }: DirectShim): Promise<void> {
  await client.pause({ id });
}

export async function resume({ client, id }: DirectShim): Promise<void> {
  await client.resume({ id });
}

export async function endInit({ client, id }: DirectShim): Promise<void> {
  await client.kill({ id, signal: 9 });
  await client.wait({ id });
}

export async function endExec({ client, id }: DirectShim): Promise<void> {
  await client.kill({ id, exec_id: "x", signal: 9 });
  await client.wait({ id, exec_id: "x" });
}

async function addCommand({ client, id }: DirectShim, command: readonly string[]): Promise<void> {
  await client.exec(execRequest(id, "x", command));
}

async function addExec(shim: DirectShim): Promise<void> {
  await start(shim);
  await addCommand(shim, sleeper);
}

async function startExec(shim: DirectShim): Promise<void> {
  await addExec(shim);
  await shim.client.start({ id: shim.id, exec_id: "x" });
}

async function stopExec(shim: DirectShim): Promise<void> {
  await startExec(shim);
  await endExec(shim);
}
