import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Containerd } from "../test/_support/containerd.ts";
import { cpuSeconds, runtimeFlags, shimPids, timed } from "./host.ts";
import { measurePaired } from "./paired.ts";
import type { Row } from "./report.ts";

const blocks = 16_384;
const command = ["/bin/dd", "if=/dev/zero", "bs=64k", `count=${blocks}`];

/**
 * Runs `dd` of 1 GiB through `ctr run` to /dev/null. Returns the wall time in ms and the CPU time of the shims in s.
 */
async function copy(host: Containerd, shim: string, id: string): Promise<{ wall: number; cpu: number }> {
  const cpu = new ShimCpu(host, shim);
  const flags = runtimeFlags(shim);
  const args = host.ctrArgs(host.runArgs(id, command, { flags }));
  const wall = await timed(async () => {
    const ctr = spawn("ctr", args, { env: host.env, stdio: ["ignore", "ignore", "ignore"] });
    const [status] = await once(ctr, "exit");
    if (status !== 0) throw new Error(`ctr run ended with ${status}`);
  });
  const seconds = cpu.end();
  await host.remove(id);
  return { wall, cpu: seconds };
}

/**
 * Counts the CPU time of a host's shims from now on. Reads it periodically, because the Go shim ends with its
 * container.
 */
class ShimCpu {
  readonly #look: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #before = new Map<number, number>();
  readonly #last = new Map<number, number>();

  constructor(host: Containerd, shim: string) {
    for (const pid of shimPids(host, shim)) this.#before.set(pid, cpuSeconds([pid]));
    this.#look = (): void => {
      for (const pid of shimPids(host, shim)) this.#last.set(pid, readCpu(pid) ?? this.#last.get(pid) ?? 0);
    };
    this.#timer = setInterval(this.#look, 250);
  }

  end(): number {
    clearInterval(this.#timer);
    this.#look();
    return [...this.#last].reduce((sum, [pid, seconds]) => sum + seconds - (this.#before.get(pid) ?? 0), 0);
  }
}

/** Returns the CPU time of a process; undefined if it has ended since it was listed. */
function readCpu(pid: number): number | undefined {
  try {
    return cpuSeconds([pid]);
  } catch {
    return undefined;
  }
}

/** Measures 1 GiB to stdout with the Go shim and with ours in both modes. Each host has a daemon for its mode. */
export async function output(direct: Containerd, pipe: Containerd, rounds: number): Promise<Row[]> {
  const cpu = new Map<string, number[]>([
    ["go", []],
    ["ours", []],
    ["pipe", []],
  ]);
  const wall = await measurePaired([...cpu.keys()], rounds, async (variant, round) => {
    const host = variant === "pipe" ? pipe : direct;
    const figures = await copy(host, variant === "go" ? "go" : "ours", `out-${variant}-${round + 1}`);
    if (round >= 0) cpu.get(variant)?.push(figures.cpu);
    return figures.wall;
  });
  return [
    { what: "1 GiB to stdout, wall", unit: "ms", goal: 0.45, figures: wall },
    { what: "1 GiB to stdout, CPU of the shim", unit: "s", figures: cpu },
  ];
}
