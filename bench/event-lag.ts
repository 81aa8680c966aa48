import { setTimeout as sleep } from "node:timers/promises";
import { toOciProcess } from "../test/_support/bundle.ts";
import type { Containerd } from "../test/_support/containerd.ts";
import { connectShim, type TaskClient } from "../test/_support/task-client.ts";
import { until } from "../test/_support/until.ts";
import { run } from "./host.ts";
import type { Row } from "./report.ts";

const clients = 8;
const execsPerContainer = 20;
const idleExits = 100;
/** With crun: it needs less time per container than runc, so there are more events. */
const shims = ["go+crun", "ours+crun"] as const;
const spec = { type_url: "any", value: Buffer.from(JSON.stringify(toOciProcess(["/bin/true"]))) };

/**
 * Measures the lag of `/tasks/exit`: from the time in the event, at which the shim saw the exit, to the line of
 * `ctr events`. Once with one exec after the other, once while 8 clients run containers with execs for `seconds`. The
 * clients call the shim for execs and containerd for containers.
 *
 * On a busy machine run it in a cgroup of the cpu controller. Otherwise the kernel gives each session a share of its
 * own (/proc/sys/kernel/sched_autogroup_enabled): our daemon leads a session, the Go shims are in containerd's.
 */
export async function eventLag(host: Containerd, seconds: number): Promise<Row[]> {
  const idle = new Map<string, Lags>();
  const loaded = new Map<string, Lags>();
  for (const shim of shims) {
    idle.set(shim, await measureLags(host, () => runIdle(host, shim)));
    loaded.set(shim, await measureLags(host, () => runLoad(host, shim, seconds)));
  }
  return [
    toRow("lag of an exit event, idle, median", idle, ({ ms }) => quantile(ms, 0.5)),
    toRow("lag of an exit event, idle, p99", idle, ({ ms }) => quantile(ms, 0.99)),
    toRow("lag of an exit event, load, median (≤ 50)", loaded, ({ ms }) => quantile(ms, 0.5)),
    toRow("lag of an exit event, load, p99 (≤ 500)", loaded, ({ ms }) => quantile(ms, 0.99)),
    { ...toRow("exit events, load", loaded, ({ ms, seconds: took }) => ms.length / took), unit: "1/s" },
  ];
}

/** The result of one run. */
interface Lags {
  /** Lag of each exit event. */
  readonly ms: readonly number[];
  /** Duration of the work that caused the events. */
  readonly seconds: number;
}

const toRow = (what: string, from: ReadonlyMap<string, Lags>, figure: (lags: Lags) => number): Row => ({
  what,
  unit: "ms",
  figures: new Map([...from].map(([shim, lags]) => [shim, [figure(lags)]])),
});

/** Runs execs that end, one at a time, in a container that stays. Returns how many processes ended. */
async function runIdle(host: Containerd, shim: string): Promise<number> {
  const id = `idle-${shim.replace("+", "-")}`;
  await run(host, shim, { id, command: ["/bin/sleep", "100000"], flags: ["-d"] });
  using client = await connectShim(host, id);
  for (let i = 0; i < idleExits; i++) {
    await runExec(client, id, `e${i}`);
    await sleep(10);
  }
  await remove(host, client, id);
  return idleExits + 1;
}

async function runLoad(host: Containerd, shim: string, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1_000;
  const ends = Array.from({ length: clients }, async (_, client) => {
    let exits = 0;
    for (let n = 0; performance.now() < end; n++) {
      exits += await runContainer(host, shim, `load-${shim.replace("+", "-")}-${client}-${n}`);
    }
    return exits;
  });
  return (await Promise.all(ends)).reduce((sum, each) => sum + each, 0);
}

async function runContainer(host: Containerd, shim: string, id: string): Promise<number> {
  await run(host, shim, { id, command: ["/bin/sleep", "100000"], flags: ["-d"] });
  using client = await connectShim(host, id);
  for (let i = 0; i < execsPerContainer; i++) await runExec(client, id, `e${i}`);
  await remove(host, client, id);
  return execsPerContainer + 1;
}

async function runExec(client: TaskClient, id: string, execId: string): Promise<void> {
  await client.exec({ id, exec_id: execId, spec });
  await client.start({ id, exec_id: execId });
  await client.wait({ id, exec_id: execId });
  await client.delete({ id, exec_id: execId });
}

async function remove(host: Containerd, client: TaskClient, id: string): Promise<void> {
  await client.kill({ id, signal: 9 });
  await client.wait({ id });
  await host.ctrOk("task", "delete", id);
  await host.ctrOk("container", "delete", id);
}

/** Measures the lags of all exit events while `work` runs, and until as many have arrived as `work` returns. */
async function measureLags(host: Containerd, work: () => Promise<number>): Promise<Lags> {
  const ms: number[] = [];
  const ctr = host.spawnCtr("events");
  let rest = "";
  ctr.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    const now = Date.now();
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.includes(" /tasks/exit ")) ms.push(now - exitedAt(line));
  });
  try {
    await sleep(500); // `ctr events` does not report when it has subscribed
    const start = performance.now();
    const exits = await work();
    const seconds = (performance.now() - start) / 1_000;
    await until(() => ms.length >= exits, `${exits} exit events`, 60_000);
    return { ms, seconds };
  } finally {
    ctr.kill("SIGKILL");
  }
}

/**
 * Returns the time of exit in ms since the epoch. The line has RFC 3339 in containerd 1.6, the message's fields later.
 */
function exitedAt(line: string): number {
  const { exited_at: time } = JSON.parse(line.slice(line.indexOf("{"))) as {
    readonly exited_at: string | { readonly seconds: number; readonly nanos?: number };
  };
  return typeof time === "string" ? Date.parse(time) : Number(time.seconds) * 1_000 + (time.nanos ?? 0) / 1e6;
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)] ?? Number.NaN;
}
