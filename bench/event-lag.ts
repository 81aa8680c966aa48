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
/** With crun, which needs less time for a container than runc: more events. */
const shims = ["go+crun", "ours+crun"] as const;
const spec = { type_url: "any", value: Buffer.from(JSON.stringify(toOciProcess(["/bin/true"]))) };

/**
 * Lag of `/tasks/exit`: from the time in the event, at which the shim saw the exit, to the line of `ctr events`. Once with
 * one exec after the other, and once while 8 clients run containers with execs for `seconds`. The clients call the shim
 * for execs and containerd for containers.
 */
export async function eventLag(host: Containerd, seconds: number): Promise<Row[]> {
  const idle = new Map<string, readonly number[]>();
  const loaded = new Map<string, readonly number[]>();
  for (const shim of shims) {
    idle.set(shim, await lagsOf(host, () => runIdle(host, shim)));
    loaded.set(shim, await lagsOf(host, () => runLoad(host, shim, seconds)));
  }
  const row = (
    what: string,
    unit: string,
    from: Map<string, readonly number[]>,
    figure: (lags: readonly number[]) => number,
  ): Row => ({
    what,
    unit,
    figures: new Map([...from].map(([shim, lags]) => [shim, [figure(lags)]])),
  });
  return [
    row("lag of an exit event, idle, median", "ms", idle, (lags) => quantile(lags, 0.5)),
    row("lag of an exit event, idle, p99", "ms", idle, (lags) => quantile(lags, 0.99)),
    row("lag of an exit event, 8 clients, median (≤ 50)", "ms", loaded, (lags) => quantile(lags, 0.5)),
    row("lag of an exit event, 8 clients, p99 (≤ 500)", "ms", loaded, (lags) => quantile(lags, 0.99)),
    row("exit events per second, 8 clients", "1/s", loaded, (lags) => lags.length / seconds),
  ];
}

/** Execs that end in a container that stays, one at a time. Returns how many processes ended. */
async function runIdle(host: Containerd, shim: string): Promise<number> {
  const id = `idle-${shim.replace("+", "-")}`;
  await run(host, shim, id, ["/bin/sleep", "100000"], ["-d"]);
  using client = await connectShim(host, id);
  for (let i = 0; i < idleExits; i++) {
    await runExec(client, id, `e${i}`);
    await sleep(10);
  }
  await end(host, client, id);
  return idleExits + 1;
}

async function runLoad(host: Containerd, shim: string, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  const ends = Array.from({ length: clients }, async (_, client) => {
    let exits = 0;
    for (let n = 0; performance.now() < until; n++) {
      exits += await runContainer(host, shim, `load-${shim.replace("+", "-")}-${client}-${n}`);
    }
    return exits;
  });
  return (await Promise.all(ends)).reduce((sum, each) => sum + each, 0);
}

async function runContainer(host: Containerd, shim: string, id: string): Promise<number> {
  await run(host, shim, id, ["/bin/sleep", "100000"], ["-d"]);
  using client = await connectShim(host, id);
  for (let i = 0; i < execsPerContainer; i++) await runExec(client, id, `e${i}`);
  await end(host, client, id);
  return execsPerContainer + 1;
}

async function runExec(client: TaskClient, id: string, execId: string): Promise<void> {
  await client.exec({ id, exec_id: execId, spec });
  await client.start({ id, exec_id: execId });
  await client.wait({ id, exec_id: execId });
  await client.delete({ id, exec_id: execId });
}

async function end(host: Containerd, client: TaskClient, id: string): Promise<void> {
  await client.kill({ id, signal: 9 });
  await client.wait({ id });
  await host.ctrOk("task", "delete", id);
  await host.ctrOk("container", "delete", id);
}

/** The lags in ms of all exit events while `work` runs, and until as many have arrived as it says. */
async function lagsOf(host: Containerd, work: () => Promise<number>): Promise<readonly number[]> {
  const lags: number[] = [];
  const ctr = host.spawnCtr("events");
  let rest = "";
  ctr.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    const now = Date.now();
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.includes(" /tasks/exit ")) lags.push(now - exitedAt(line));
  });
  try {
    await sleep(500); // `ctr events` does not say when it has subscribed
    const exits = await work();
    await until(`${exits} exit events`, () => lags.length >= exits, 60_000).catch(() => {
      console.log(`${exits - lags.length} of ${exits} exit events did not arrive`);
    });
  } finally {
    ctr.kill("SIGKILL");
  }
  return lags;
}

/** In ms since the epoch; RFC 3339 in containerd 1.6, the message's fields later. */
function exitedAt(line: string): number {
  const { exited_at: time } = JSON.parse(line.slice(line.indexOf("{"))) as {
    readonly exited_at: string | { readonly seconds: number; readonly nanos?: number };
  };
  return typeof time === "string" ? Date.parse(time) : Number(time.seconds) * 1_000 + (time.nanos ?? 0) / 1e6;
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)] ?? Number.NaN;
}
