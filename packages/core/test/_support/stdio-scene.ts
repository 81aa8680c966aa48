import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { loggerTimes } from "../../src/io/logger/supervised-logger.ts";
import { openIo } from "../../src/io/open-io.ts";
import type { OpenIoOptions } from "../../src/io/open-io-options.ts";
import type { ProcessIo, StdioPaths } from "../../src/io/process-io.ts";
import type { Libc } from "../../src/native/libc.ts";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { signalIfPresent } from "../../src/native/proc.ts";
import { Reaper } from "../../src/reaper/reaper.ts";
import { RecordingLog } from "./recording-log.ts";
import { TempDir } from "./temp-dir.ts";
import { until } from "./until.ts";

/** A shell script in a separate process. */
export interface Script {
  readonly pid: number;
  /** Exit code, or the name of the signal. */
  readonly ended: Promise<number | string>;
  /** What a client has read; complete when `ended` is settled. */
  text(): string;
}

/**
 * One process, its clients and the FIFOs between them. Disposing stops all of them. It throws if this process has a
 * pipe, a FIFO or /dev/null open that was not open before. Tests that use it must be serial.
 */
export class StdioScene implements AsyncDisposable {
  readonly dir = new TempDir();
  readonly libc: Libc = openKoffiLibc();
  readonly log = new RecordingLog();
  readonly reaper: Reaper = Reaper.open({ libc: this.libc, log: this.log });
  readonly #before = openStreams();
  readonly #children: ChildProcess[] = [];
  readonly #ios: ProcessIo[] = [];

  /** Makes a FIFO and returns its path. */
  fifo(name: string): string {
    const path = this.dir.join(name);
    execFileSync("mkfifo", ["-m", "0700", path]);
    return path;
  }

  /**
   * Makes a logging binary from a shell script and returns its URI. Redirections such as `exec 3<&0` are up to the
   * script.
   */
  logger(name: string, script: string): string {
    writeFileSync(this.dir.join(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return `binary://${this.dir.join(name)}`;
  }

  async open(paths: Partial<StdioPaths>, options: Partial<OpenIoOptions> = {}): Promise<ProcessIo> {
    const all = { terminal: false, stdin: "", stdout: "", stderr: "", ...paths };
    const fixed = {
      direct: false,
      ioUid: 0,
      ioGid: 0,
      consoleDirectory: this.dir.path,
      whenReaderIsAway: "block",
      dropBufferBytes: 65_536,
      subject: { id: "subject", namespace: "scene", bundle: this.dir.path },
      loggerTimes: { ...loggerTimes, restartMs: 1 },
    } as const;
    const io = await openIo(all, { ...fixed, ...options }, this);
    this.#ios.push(io);
    return io;
  }

  /** Runs the process with the streams `io`, and makes the calls that the task service makes. */
  run(io: ProcessIo, script: string): Script {
    const { stdin, stdout, stderr } = io.stdio;
    const child = this.#spawn(script, [stdin, stdout, stderr]);
    io.handedOver();
    child.once("exit", () => io.processExited());
    return this.#script(child);
  }

  /** Starts a client whose output is collected. */
  client(script: string): Script {
    return this.#script(this.#spawn(script, ["ignore", "pipe", "ignore"]));
  }

  /** Returns the streams that this process has open in addition to those at the start. */
  leaks(): string[] {
    const before = [...this.#before];
    return openStreams().filter((name) => {
      const index = before.indexOf(name);
      if (index !== -1) before.splice(index, 1);
      return index === -1;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    using _ = this.dir;
    using _reaper = this.reaper;
    for (const io of this.#ios) io.close();
    for (const child of this.#children) killGroup(child);
    await until(() => this.#children.every((child) => child.exitCode !== null || child.signalCode !== null), "exits");
    await until(() => this.leaks().length === 0, `no open streams, but ${this.leaks().join(", ")}`);
  }

  #spawn(script: string, stdio: ("ignore" | "pipe" | number)[]): ChildProcess {
    const child = spawn("sh", ["-c", script], { stdio, cwd: this.dir.path, detached: true });
    this.#children.push(child);
    return child;
  }

  #script(child: ChildProcess): Script {
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    const ended = Promise.withResolvers<number | string>();
    child.once("close", (code, signal) => ended.resolve(code ?? signal ?? -1));
    return {
      pid: child.pid ?? -1,
      ended: ended.promise,
      text: () => Buffer.concat(chunks).toString(),
    };
  }
}

/** Kills the shell of a script and its descendants, if any are left. */
function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) signalIfPresent(-pid, "SIGKILL");
}

/** Returns the output of `seq 1 n`. */
export const numberedLines = (n: number): string => Array.from({ length: n }, (_, i) => `${i + 1}\n`).join("");

/** Returns the targets of this process's descriptors that are pipes, FIFOs, regular files or /dev/null. */
function openStreams(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return /^(pipe:|\/)/.test(target) && !target.startsWith("/proc/") ? [target] : [];
    } catch {
      return [];
    }
  });
}
