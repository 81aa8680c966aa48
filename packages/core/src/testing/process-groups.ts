import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Usage } from "../cgroups/metrics/usage.ts";
import { hasErrorCode } from "../native/libc-error.ts";
import { identify, isRunning, type ProcessIdentity, readProcess, signalIfPresent } from "../native/proc.ts";

const pageBytes = 4096;
/** One tick of the clock in which /proc counts processor time, 100 Hz. */
const tickNs = 10_000_000;
const suffix = ".group";

/**
 * The processes of a container that consists only of process groups: one for init and one for each exec. They are
 * recorded in files of the bundle, so that another process of ours can find them too.
 */
export class ProcessGroups {
  readonly #bundle: string;

  constructor(bundle: string) {
    this.#bundle = bundle;
  }

  add(name: string, pid: number): void {
    const leader: ProcessIdentity = identify(pid) ?? { pid, startTime: 0 };
    writeFileSync(join(this.#bundle, name + suffix), JSON.stringify(leader));
  }

  /** Removes the files. */
  forget(): void {
    for (const name of this.#names()) rmSync(join(this.#bundle, name));
  }

  /** Pid of init; undefined if there is none. */
  get init(): number | undefined {
    return this.#read("init")?.pid;
  }

  get isInitAlive(): boolean {
    const leader = this.#read("init");
    return leader !== undefined && isRunning(leader);
  }

  /** Pids of all processes except zombies. */
  pids(): readonly number[] {
    const ids = new Set(this.#leaders().map(({ pid }) => pid));
    if (ids.size === 0) return [];
    const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
    return pids.filter((pid) => ids.has(readGroup(pid) ?? 0));
  }

  /** Sends a signal to every process. */
  signal(number: number): void {
    for (const { pid } of this.#leaders()) signalIfPresent(-pid, number);
  }

  usage(): Usage {
    const pids = this.pids();
    const sum = (read: (pid: number) => number): number => pids.reduce((total, pid) => total + read(pid), 0);
    return { cpuNs: sum(readCpuNs), memoryBytes: sum(readMemoryBytes), pids: pids.length };
  }

  /** The leaders whose pid has not been reused. As long as a group has a member, its leader's pid cannot be reused. */
  #leaders(): readonly ProcessIdentity[] {
    const leaders = this.#names().flatMap((name) => this.#read(name.slice(0, -suffix.length)) ?? []);
    return leaders.filter(({ pid, startTime }) => (readProcess(pid)?.startTime ?? startTime) === startTime);
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#bundle).filter((name) => name.endsWith(suffix));
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) return [];
      throw error;
    }
  }

  /** The first process of a group, as its file in the bundle records it. */
  #read(name: string): ProcessIdentity | undefined {
    try {
      return JSON.parse(readFileSync(join(this.#bundle, name + suffix), "utf8"));
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }
}

/** The fields of /proc/PID/stat after the name, from `state` on; empty if the process is gone. @see proc_pid_stat(5) */
function readFields(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function readGroup(pid: number): number | undefined {
  const [state = "X", , group] = readFields(pid);
  return "ZX".includes(state) ? undefined : Number(group);
}

function readCpuNs(pid: number): number {
  const fields = readFields(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * tickNs;
}

const readMemoryBytes = (pid: number): number => Number(readFields(pid)[21] ?? 0) * pageBytes;
