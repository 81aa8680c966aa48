/**
 * Measures 512 MiB of a container's stdout into a log file: `ctr run --log-uri file://…`, with containerd's shim and
 * ours; then, without containerd, what the file's own descriptor would save. The file is in memory (/dev/shm).
 * BENCH_ROUNDS: default 5.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, rmSync } from "node:fs";
import { PipeCopy } from "../packages/core/src/io/copy/pipe-copy.ts";
import { DeviceFile } from "../packages/core/src/io/file/device-file.ts";
import { FileSink } from "../packages/core/src/io/file/file-sink.ts";
import { OwnedFd } from "../packages/core/src/io/owned-fd.ts";
import { openKoffiLibc } from "../packages/core/src/native/open-libc.ts";
import { Containerd } from "../test/_support/containerd.ts";
import { run, sleeper, timed } from "./host.ts";
import { measurePaired, toSeries } from "./paired.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);
const file = `/dev/shm/dunnage-bench-${process.pid}.log`;
const words = ["if=/dev/zero", "bs=64k", "count=8192"];
const libc = openKoffiLibc();

async function print(variants: readonly string[], measure: (variant: string, round: number) => Promise<void>) {
  const wall = await measurePaired(variants, rounds, async (variant, round) => {
    const time = await timed(() => measure(variant, round));
    rmSync(file, { force: true });
    return time;
  });
  for (const [variant, { median, min, max, ratio }] of toSeries(wall)) {
    const range = `${min.toFixed(0)}–${max.toFixed(0)}`;
    console.log(`${variant}: wall ${median.toFixed(0)} ms (${range}), ratio ${ratio.toFixed(2)}`);
  }
}

async function dd(stdout: OwnedFd): Promise<void> {
  const child = spawn("dd", words, { stdio: ["ignore", stdout.fd, "ignore"] });
  stdout.close();
  await once(child, "exit");
}

async function copied(): Promise<void> {
  const [source, processEnd] = libc.pipe();
  using sink = new FileSink(new DeviceFile(openSync(file, "a"), "the file's"), console.error);
  const ended = Promise.withResolvers<void>();
  using _ = new PipeCopy(libc, { source: new OwnedFd(source), sink }, { onEnd: ended.resolve, onError: ended.reject });
  const alive = setInterval(() => {}, 60_000); // a copy does not keep the event loop alive
  await Promise.all([dd(new OwnedFd(processEnd)), ended.promise]);
  await new Promise<void>((resolve) => sink.whenEmpty(resolve));
  clearInterval(alive);
}

{
  await using host = await Containerd.start();
  const warm = await sleeper(host, "ours");
  await print(["go", "ours"], async (shim, round) => {
    const id = `log-${shim}-${round + 1}`;
    await run(host, shim, { id, command: ["/bin/dd", ...words], flags: ["--rm", "--log-uri", `file://${file}`] });
  });
  await host.remove(warm);
}
await print(["copied", "the file itself"], (variant) =>
  variant === "copied" ? copied() : dd(new OwnedFd(openSync(file, "a"))),
);
