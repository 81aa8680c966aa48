import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { wire } from "../../packages/core/src/proto/gen/wire.js";
import { decodeMetrics } from "../../packages/core/src/testing/containerd/decode-metrics.ts";
import { ClosedError } from "../../packages/ttrpc/src/index.ts";
import { checkpointOptions } from "./criu.ts";
import type { DirectShim } from "./direct-shim.ts";
import { findCgroups } from "./proc.ts";
import { execRequest, sleeper } from "./task-situations.ts";

/** The target of a call; `exec_id` is empty in situations without an exec. */
export interface Target {
  readonly id: string;
  readonly exec_id: string;
}

/** SIGWINCH, which ends no process. */
const harmless = 28;

/**
 * Makes a call and returns a text of its response. It contains values that must be equal as they are, and for pids and
 * times only whether they are set.
 */
type Call = (shim: DirectShim, target: Target) => Promise<string>;

/** Calls that name a process: the container's init or an exec. */
const ofProcess = {
  state: async ({ client, bundle }, target) => {
    const state = await client.state(target);
    const { id, exec_id, status, exit_status, pid, terminal, stdin, stdout, stderr, exited_at } = state;
    const streams = JSON.stringify([stdin, stdout, stderr]);
    const isOwnBundle = state.bundle === bundle;
    return `${id} ${exec_id} status ${status} exit ${exit_status} pid ${pid > 0} exited ${isTime(exited_at)} terminal ${terminal} streams ${streams} bundle ${isOwnBundle}`;
  },
  start: async ({ client }, target) => `pid ${(await client.start(target)).pid > 0}`,
  kill: async ({ client }, target) => ok(await client.kill({ ...target, signal: harmless })),
  delete: async ({ client }, target) => {
    const { pid, exit_status, exited_at } = await client.delete(target);
    return `exit ${exit_status} pid ${pid > 0} exited ${isTime(exited_at)}`;
  },
  wait: async ({ client }, target) => {
    const wait = client.wait(target).then(({ exit_status, exited_at }) => {
      return `exit ${exit_status} exited ${isTime(exited_at)}`;
    });
    // Answers arrive in any order. A call that is unanswered after fifty later calls is blocked.
    const later = async () => {
      for (let i = 0; i < 50; i++) await client.connect({ id: target.id });
      return "blocks";
    };
    return Promise.race([wait, later()]);
  },
  closeIo: async ({ client }, target) => ok(await client.closeIo({ ...target, stdin: true })),
  resizePty: async ({ client }, target) => ok(await client.resizePty({ ...target, width: 80, height: 25 })),
  exec: async ({ client }, { id, exec_id }) => ok(await client.exec(execRequest(id, exec_id || "x", sleeper))),
} as const satisfies Record<string, Call>;

/** Calls on the whole container whose results depend on its execs. */
const ofContainerWithExecs = {
  pids: async ({ client }, { id }) => {
    const { processes } = await client.pids({ id });
    const init = await client.connect({ id });
    const roles = processes.map(({ pid, info }) => toRole(pid === init.task_pid, info));
    return `processes ${JSON.stringify(roles.sort())}`;
  },
  pause: async ({ client }, { id }) => ok(await client.pause({ id })),
  resume: async ({ client }, { id }) => ok(await client.resume({ id })),
  checkpoint: async (shim, { id }) => ok(await shim.client.checkpoint({ id, path: toImagePath(shim, "checkpoint") })),
  checkpointWithExit: async (shim, { id }) => {
    const path = toImagePath(shim, "checkpointWithExit");
    await shim.client.checkpoint({ id, path, ...checkpointOptions({ exit: true }) });
    return `exit ${(await shim.client.wait({ id })).exit_status}`;
  },
} as const satisfies Record<string, Call>;

const ofContainer = {
  create: async (shim) => `pid ${(await shim.create()).pid > 0}`,
  update: async ({ client, cgroup }, { id }) => {
    await client.update({ id, resources: { type_url: "any", value: Buffer.from('{"pids":{"limit":321}}') } });
    return `pids.max ${readPidsLimit(cgroup)}`;
  },
  stats: async ({ client }, { id }) => {
    const { stats } = await client.stats({ id });
    const metrics = decodeMetrics(stats ?? {});
    const { limit } = (metrics["pids"] ?? {}) as { limit?: string };
    return `${stats?.type_url} pids.limit ${limit} groups ${JSON.stringify(Object.keys(metrics).sort())}`;
  },
  connect: async ({ client }, { id }) => {
    const { shim_pid, task_pid } = await client.connect({ id });
    return `shim ${shim_pid > 0} task ${task_pid > 0}`;
  },
  shutdown: async ({ client }, { id }) => {
    // A shim that exits may close the connection before it has answered.
    await client.shutdown({ id }).catch((error: unknown) => {
      if (!(error instanceof ClosedError)) throw error;
    });
    return "ok";
  },
} as const satisfies Record<string, Call>;

/** Every call of the Task API. Checkpoint appears twice; the second one ends the container. */
export const calls = { ...ofProcess, ...ofContainerWithExecs, ...ofContainer };

export type CallName = keyof typeof calls;

export const callNames = Object.keys(calls) as readonly CallName[];

/** Returns whether a call is also made in the situations of an exec. */
export function knowsExecs(call: CallName): boolean {
  return call in ofProcess || call in ofContainerWithExecs;
}

export function isCheckpoint(call: CallName): call is CheckpointName {
  return call === "checkpoint" || call === "checkpointWithExit";
}

type CheckpointName = "checkpoint" | "checkpointWithExit";

/** Returns the path to which a Checkpoint call has the image written. */
export function toImagePath({ root, id }: DirectShim, call: CheckpointName): string {
  return join(root, "images", id, call);
}

function ok(_: object): string {
  return "ok";
}

function isTime(time: wire.Timestamp.$Properties | null | undefined): boolean {
  return Number(time?.seconds ?? 0) > 0;
}

function toRole(isInit: boolean, info: wire.Any.$Properties | null | undefined): string {
  if (info) return `exec ${wire.ProcessDetails.decode(info.value ?? new Uint8Array()).exec_id}`;
  return isInit ? "init" : "another";
}

function readPidsLimit(cgroup: string): string {
  const files = findCgroups(cgroup).map((dir) => join(dir, "pids.max"));
  return files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8").trim())
    .join();
}
