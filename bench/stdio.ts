/**
 * Measures 1 GiB from dd over a FIFO to cat, without containerd: the FIFO itself (direct), the copy of pipe mode, and
 * the same copy without splice. BENCH_ROUNDS: default 7.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { PipeCopy } from "../packages/core/src/io/copy/pipe-copy.ts";
import { PipeSink } from "../packages/core/src/io/copy/pipe-sink.ts";
import type { Sink } from "../packages/core/src/io/copy/sink.ts";
import { openReadEnd } from "../packages/core/src/io/fifo/fifo.ts";
import { OwnedFd } from "../packages/core/src/io/owned-fd.ts";
import { openKoffiLibc } from "../packages/core/src/native/open-libc.ts";
import { measurePaired, toSeries } from "./paired.ts";

const libc = openKoffiLibc();
const fail = (error: Error): never => {
  throw error;
};

/** Passes `from` to dd and `to` to cat, closes both here, and resolves when cat has read to the end of file. */
async function pump(from: OwnedFd, to: OwnedFd): Promise<void> {
  const cat = spawn("cat", { stdio: [to.fd, "ignore", "inherit"] });
  spawn("dd", ["if=/dev/zero", "bs=64k", "count=16384"], { stdio: ["ignore", from.fd, "ignore"] });
  from.close();
  to.close();
  await once(cat, "exit");
}

async function direct(): Promise<void> {
  const [readEnd, writeEnd] = libc.pipe();
  using _ = openReadEnd(readEnd);
  await pump(new OwnedFd(writeEnd), new OwnedFd(readEnd));
}

async function copied(toSink: (sink: PipeSink) => Sink): Promise<void> {
  const [source, processEnd] = libc.pipe();
  const [readEnd, target] = libc.pipe();
  using sink = new PipeSink(new OwnedFd(target), fail);
  const events = { onEnd: () => sink[Symbol.dispose](), onError: fail };
  using _ = new PipeCopy(libc, { source: new OwnedFd(source), sink: toSink(sink) }, events);
  await pump(new OwnedFd(processEnd), new OwnedFd(readEnd));
}

const withoutSplice = (sink: PipeSink): Sink => ({
  spliceFd: undefined,
  write: (chunk, resume) => sink.write(chunk, resume),
  [Symbol.dispose]: () => sink[Symbol.dispose](),
});

const variants: Record<string, () => Promise<void>> = {
  direct,
  "pipe, splice": () => copied((sink) => sink),
  "pipe, read and write": () => copied(withoutSplice),
};

const cpu = new Map<string, number[]>(Object.keys(variants).map((variant) => [variant, []]));
const wall = await measurePaired(
  Object.keys(variants),
  Number(process.env["BENCH_ROUNDS"] ?? 7),
  async (variant, round) => {
    const [before, start] = [process.cpuUsage(), performance.now()];
    await variants[variant]?.();
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) cpu.get(variant)?.push((user + system) / 1000);
    return performance.now() - start;
  },
);
const cpuSeries = toSeries(cpu);
for (const [variant, { median, min, max, ratio }] of toSeries(wall)) {
  const cpuMs = cpuSeries.get(variant)?.median ?? Number.NaN;
  console.log(
    `${variant}: wall ${median.toFixed(0)} ms (${min.toFixed(0)}–${max.toFixed(0)}), ratio ${ratio.toFixed(2)}, own CPU ${cpuMs.toFixed(0)} ms`,
  );
}
