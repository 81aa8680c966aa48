import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Containerd } from "../test/_support/containerd.ts";
import { isAlive, readProcesses } from "../test/_support/proc.ts";
import { referenceRuntime, runtimeUnderTest } from "../test/_support/runtime-under-test.ts";

/** containerd's runtime name of each compared shim, and additional flags for ctr. */
const runtimes: Readonly<Record<string, readonly [runtime: string, ...flags: string[]]>> = {
  go: [referenceRuntime],
  ours: [runtimeUnderTest],
  "go+crun": [referenceRuntime, "--runc-binary", "crun"],
  "ours+crun": ["io.containerd.dunnage-crun.v1"],
};

/** Short names of the shims that most rows compare, and of those with crun; the reference is first. */
export const shims: readonly string[] = ["go", "ours"];
export const shimsWithCrun: readonly string[] = ["go", "go+crun", "ours+crun"];

/** Returns the duration of one call in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A container, and the flags of `ctr run` in addition to those of its shim. */
interface Run {
  readonly id: string;
  readonly command: readonly string[];
  readonly flags: readonly string[];
}

/** Runs `ctr run` with a shim; it has to succeed. */
export function run(host: Containerd, shim: string, { id, command, flags }: Run) {
  return host.ctrOk(...host.runArgs(id, command, { flags: [...runtimeFlags(shim), ...flags] }));
}

/** Returns the flags with which `ctr run` uses a shim. */
export function runtimeFlags(shim: string): readonly string[] {
  const [runtime = "", ...flags] = runtimes[shim] ?? [];
  return ["--runtime", runtime, ...flags];
}

/** Starts a sleeping container of a shim, which keeps our daemon warm. Returns its id. */
export async function sleeper(host: Containerd, shim: string): Promise<string> {
  const id = `warm-${shim}`;
  await run(host, shim, { id, command: ["/bin/sleep", "100000"], flags: ["-d"] });
  return id;
}

/** Returns the pids of one containerd's shims. Each of our daemons has a directory, PID.STARTTIME. */
export function shimPids(host: Containerd, shim: string): number[] {
  if (shim === "ours") return listDaemons(`${host.env["DUNNAGE_RUNTIME_DIR"]}/d`).filter(isAlive);
  const own = (argv: readonly string[]): boolean =>
    (argv[0] ?? "").endsWith("containerd-shim-runc-v2") && argv.includes(host.namespace);
  return readProcesses()
    .filter(({ argv }) => own(argv))
    .map(({ pid }) => pid);
}

const listDaemons = (dir: string): number[] =>
  (existsSync(dir) ? readdirSync(dir) : []).map((name) => Number.parseInt(name, 10));

/** Returns the private memory of processes in MB: what would be free without them. @see proc_pid_smaps(5) */
export function privateMemory(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Private_Dirty:\s+(\d+)/m.exec(rollup)?.[1]);
  });
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** Returns the CPU time of processes so far in s, without their reaped children. @see proc_pid_stat(5) */
export function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}
