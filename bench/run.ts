/**
 * Measures Dunnage against containerd-shim-runc-v2 on this machine: same containerd, same runtime, same run, in pairs.
 * Dunnage with crun is also compared with the Go shim with runc.
 *
 * BENCH_ROUNDS (default 15) is the number of rounds of the quick rows; the others run fewer. BENCH_SECONDS (default 60)
 * is the duration of the load under which the lag of events is measured.
 */
import { cpus, release } from "node:os";
import { runCommand } from "../test/_support/command.ts";
import { Containerd } from "../test/_support/containerd.ts";
import { burst, burstOfCrun, exec, firstOfGroup, memory, warmRun, warmRunOfCrun, warmUp } from "./containers.ts";
import { eventLag } from "./event-lag.ts";
import { hookCalls } from "./hook-calls.ts";
import { output } from "./output.ts";
import { printRow, type Row, writeReport } from "./report.ts";
import { rpc } from "./rpc.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 15);
const seconds = Number(process.env["BENCH_SECONDS"] ?? 60);
const few = Math.max(2, Math.ceil(rounds / 4));
const rows: Row[] = [];

function add(...measured: readonly Row[]): void {
  for (const row of measured) printRow(row);
  rows.push(...measured);
}

async function firstLine(command: string, ...args: string[]): Promise<string> {
  return (await runCommand(command, args)).stdout.split("\n")[0] ?? "";
}

const facts = {
  node: process.version,
  kernel: release(),
  cpu: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
  containerd: await firstLine("containerd", "--version"),
  runc: await firstLine("runc", "--version"),
  crun: await firstLine("crun", "--version"),
};
for (const [name, value] of Object.entries(facts)) console.log(`${name}: ${value}`);
console.log(`rounds: ${rounds}, the heavy rows ${few}; ratio = median of the ratios round by round [quartiles]\n`);

{
  await using host = await Containerd.start({ config: 'linger = "1ms"\n' });
  add(await firstOfGroup(host, rounds));
}
{
  await using host = await Containerd.start();
  await using pipe = await Containerd.start({ config: 'linger = "1s"\n[stdio]\nmode = "pipe"\n' });
  const coolDown = await warmUp(host);
  const coolPipe = await warmUp(pipe);
  add(await warmRun(host, rounds));
  add(await warmRunOfCrun(host, rounds));
  add(await burst(host, few));
  add(await burstOfCrun(host, few));
  add(await exec(host, rounds));
  add(...(await rpc(host, few)));
  add(...(await output(host, pipe, few)));
  await coolDown();
  await coolPipe();
}
{
  await using host = await Containerd.start();
  add(...(await memory(host, [1, 10, 50])));
}
{
  await using host = await Containerd.start();
  add(...(await eventLag(host, seconds)));
}
add(await hookCalls(rounds));
console.log(`\n${writeReport(rows, facts)}`);
