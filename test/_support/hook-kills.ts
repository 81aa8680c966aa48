import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Containerd } from "./containerd.ts";
import { isAlive } from "./proc.ts";
import { until } from "./until.ts";

/** Stages at the end of a container. Their hooks run regardless of which process is killed. */
export const owedStages = ["exit", "postStop", "preDelete", "postDelete"] as const;

/** What a hook wrote when it ran. `created`: the container exists, so its end hooks are pending from here on. */
export interface HookLine {
  readonly stage: (typeof owedStages)[number] | "created";
  readonly id: string;
  readonly eventId: string;
  readonly replay: boolean;
}

const plugin = `import { appendFileSync } from "node:fs";
import { definePlugin } from "@dunnage/core";
const write = (stage) => ({ container, eventId, replay, execId = "" }, { config }) => {
  if (execId === "") appendFileSync(config.file, JSON.stringify({ stage, id: container.id, eventId, replay }) + "\\n");
};
export default definePlugin({
  name: "recorder",
  apiVersion: 1,
  hooks: {
    postCreate: write("created"),
    exit: write("exit"),
    postStop: write("postStop"),
    preDelete: write("preDelete"),
    postDelete: write("postDelete"),
  },
});
`;

/** Returns the configuration of a shim whose hooks write one line each, made from containerd's directory. */
export function recorderConfig(dir: string): string {
  writeFileSync(join(dir, "recorder.mjs"), plugin);
  return `linger = "1s"
[[plugin]]
name = "recorder"
use = "module:${dir}/recorder.mjs"
config = { file = "${dir}/hooks.jsonl" }
`;
}

export function readHookLines(dir: string): HookLine[] {
  const file = join(dir, "hooks.jsonl");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as HookLine);
}

/**
 * Returns the faults in the lines that the hooks wrote, one per line: a missing stage, or a repetition without its
 * mark.
 */
export function findFaults(lines: readonly HookLine[]): string[] {
  const ids = new Set(lines.filter(({ stage }) => stage === "created").map(({ id }) => id));
  return [...ids].flatMap((id) => owedStages.flatMap((stage) => faultOf(lines, id, stage)));
}

function faultOf(lines: readonly HookLine[], id: string, stage: HookLine["stage"]): string[] {
  const runs = lines.filter((line) => line.id === id && line.stage === stage);
  if (runs.length === 0) return [`${id}: ${stage} was omitted`];
  const told = runs.map(({ eventId, replay }) => `${eventId}${replay ? " replay" : ""}`).join(", ");
  const isMarked = runs.slice(1).every(({ eventId, replay }) => replay && eventId === runs[0]?.eventId);
  return isMarked ? [] : [`${id}: ${stage} ran ${runs.length} times: ${told}`];
}

/** Returns a generator of numbers from 0 to 1 that are determined by the seed: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many times each process was killed. */
export interface Kills {
  daemon: number;
  containerd: number;
}

const workers = 3;
const longestPauseMs = 500;

/**
 * Creates and ends containers while the daemon and containerd are killed `count` times, at moments determined by the
 * seed. Then kills the daemon once more, right after it has created a container, since a busy machine may not have
 * reached that point before. Finally removes everything that is left, as a client would. Calls of clients may fail in
 * the meantime.
 */
export async function killAtRandom(containerd: Containerd, count: number, seed: number): Promise<Kills> {
  const random = seededRandom(seed);
  const kills: Kills = { daemon: 0, containerd: 0 };
  let isOver = false;
  const work = Array.from({ length: workers }, async (_, worker) => {
    const own = seededRandom(seed + worker + 1);
    for (let i = 0; !isOver; i++) await liveAndEnd(containerd, `kill-${worker}-${i}`, own);
  });
  while (kills.daemon + kills.containerd < count) {
    await delay(random() * longestPauseMs);
    if (random() < 0.3) {
      await containerd.kill9();
      kills.containerd += 1;
      await delay(random() * longestPauseMs);
      await containerd.restart();
    } else if (killDaemon(containerd, random)) kills.daemon += 1;
  }
  const created = (): number => readHookLines(containerd.dir).filter(({ stage }) => stage === "created").length;
  const before = created();
  await until(() => created() > before, "a container is created");
  if (killDaemon(containerd, random)) kills.daemon += 1;
  isOver = true;
  await Promise.all(work);
  await removeAll(containerd);
  return kills;
}

/** One container: created, perhaps with an exec, ended by itself or by its client, deleted. */
async function liveAndEnd(containerd: Containerd, id: string, random: () => number): Promise<void> {
  const endsItself = random() < 0.5;
  const command = endsItself ? ["/bin/sleep", (random() * 0.3).toFixed(2)] : ["/bin/sleep", "1000"];
  await containerd.ctr(...containerd.runArgs(id, command, { flags: ["-d", "--null-io"] }));
  if (random() < 0.3) await containerd.execDetached(id, "inside", ["/bin/true"]);
  if (endsItself) await delay(random() * longestPauseMs);
  else await containerd.ctr("task", "kill", "--signal", "KILL", id);
  await containerd.ctr("task", "delete", "--force", id);
  await containerd.ctr("container", "delete", id);
}

/** Kills a random daemon; returns whether there was one. */
function killDaemon({ dir }: Containerd, random: () => number): boolean {
  const runtimeDir = join(dir, "shim/d");
  const names = existsSync(runtimeDir) ? readdirSync(runtimeDir) : [];
  const pids = names
    .flatMap((name) => /^(\d+)\.\d+$/.exec(name)?.[1] ?? [])
    .map(Number)
    .filter(isAlive);
  const pid = pids[Math.floor(random() * pids.length)];
  if (pid === undefined) return false;
  process.kill(pid, "SIGKILL");
  return true;
}

/**
 * Resolves when containerd has no containers. Containers that it lost track of in a crash are cleaned up when it
 * starts, unless a `delete` that it began before is still running. In that case the next start cleans up.
 */
async function removeAll(containerd: Containerd): Promise<void> {
  const list = async (what: string) => (await containerd.ctrOk(what, "ls", "--quiet")).split("\n").filter(Boolean);
  const parent = join(containerd.bundle("any"), "..");
  const bundles = (): readonly string[] => {
    const names = existsSync(parent) ? readdirSync(parent) : [];
    return names.filter((name) => existsSync(join(parent, name, "dunnage.json")));
  };
  const left = async (): Promise<readonly string[]> => {
    await containerd.removeContainers();
    return [...(await list("container")), ...bundles()];
  };
  for (let starts = 1; ; starts++) {
    await containerd.restart();
    try {
      await until(async () => (await left()).length === 0, "every container is gone");
      break;
    } catch (error) {
      if (starts === 3) throw new Error(`never gone: ${await left()}`, { cause: error });
    }
  }
  await containerd.restart();
}
