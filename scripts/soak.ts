/**
 * Runs many containers, a few at a time, under a private containerd, then looks for leaks: descriptors and memory of
 * the daemon, and everything that leak-check.sh checks. The daemon also has to end after its linger. Arguments: number
 * of containers (default: `SOAK_COUNT` or 1,000), and how many at a time (default 4). Exits with 1 if anything is left.
 *
 * Before that, it kills the daemon and containerd at random times with hooks enabled (`SOAK_KILLS`, default 200; 0:
 * none). Afterwards no hook of a container's end may be missing, or be repeated without its mark.
 *
 * Then it runs execs in a container that continues to run (`SOAK_EXECS`, default 3,000; 0: none). A third of them have
 * clients that are killed.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand, runCommandOk } from "../test/_support/command.ts";
import { Containerd, testTag } from "../test/_support/containerd.ts";
import { findFaults, killAtRandom, readHookLines, recorderConfig } from "../test/_support/hook-kills.ts";
import { inParallel } from "../test/_support/in-parallel.ts";
import { runKilledExec } from "../test/_support/killed-exec.ts";
import { isAlive, readDescendants, readFds } from "../test/_support/proc.ts";
import { connectShim } from "../test/_support/task-client.ts";
import { until } from "../test/_support/until.ts";

const leakCheck = join(import.meta.dirname, "leak-check.sh");
const lingerSeconds = 5;
/** Containers before the first measurement of the daemon. Until then it still loads code and fills its caches. */
const warmUpCount = 50;
/** More growth than this counts as a leak. V8's heap grows up to some 1,500 containers, then it stays constant. */
const allowedGrowthMb = 48;

/** Longer than the daemon keeps output that no client has open for reading. */
const restTimeoutMs = 60_000;

let failures = 0;

function check(isTrue: boolean, promise: string, found: string): void {
  if (!isTrue) failures += 1;
  console.log(`${isTrue ? "ok" : "NOT OK"}  ${promise}: ${found}`);
}

/** Returns the number of descriptors, the private memory and the number of children of the daemon. */
function look(daemon: number) {
  const rollup = readFileSync(`/proc/${daemon}/smaps_rollup`, "utf8");
  const privateKb = Number(/Private_Dirty: +(\d+)/.exec(rollup)?.[1]);
  return { descriptors: readFds(daemon).size, privateMb: privateKb / 1024, children: readDescendants(daemon).length };
}

async function runMany(containerd: Containerd, count: number, parallel: number): Promise<void> {
  let done = 0;
  const numbers = Array.from({ length: count }, (_, index) => index);
  await inParallel(numbers, parallel, async (number) => {
    const { status, stderr } = await containerd.run(`soak-${number}`, ["/bin/true"], { flags: ["--rm"] });
    if (status !== 0) check(false, `container ${number}`, `status ${status}: ${stderr.trim()}`);
    done += 1;
    if (done % 100 === 0) console.log(`    ${done} of ${count}`);
  });
}

async function soak(containerd: Containerd, count: number, parallel: number): Promise<void> {
  await containerd.runDetached("keeper", ["/bin/sleep", "1000000"]);
  using client = await connectShim(containerd, "keeper");
  const { shim_pid: daemon } = await client.connect({ id: "keeper" });
  await runMany(containerd, Math.min(warmUpCount, count), parallel);
  const before = look(daemon);
  const startedAt = Date.now();
  await runMany(containerd, count, parallel);
  console.log(`    ${count} containers in ${seconds(startedAt)} s, ${parallel} at a time`);
  await until(() => look(daemon).descriptors <= before.descriptors, "the daemon rests").catch(() => undefined);
  const after = look(daemon);
  const growth = after.privateMb - before.privateMb;
  check(
    after.descriptors <= before.descriptors,
    "descriptors",
    `${before.descriptors} before, ${after.descriptors} after`,
  );
  const memory = `${before.privateMb.toFixed(1)} MB before, ${after.privateMb.toFixed(1)} MB after`;
  check(growth <= allowedGrowthMb, "private memory", memory);
  check(after.children === before.children, "children", `${before.children} before, ${after.children} after`);
  client[Symbol.dispose]();
  await containerd.remove("keeper");
  const removedAt = Date.now();
  const ended = await until(() => !isAlive(daemon), "the daemon ends").catch(() => false);
  check(ended, `the daemon ends after its linger of ${lingerSeconds} s`, `${seconds(removedAt)} s`);
}

/** Runs all execs in one container, so that no container's end frees anything. */
async function soakExecs(containerd: Containerd, count: number, parallel: number): Promise<void> {
  await containerd.runDetached("execs", ["/bin/sleep", "1000000"]);
  using client = await connectShim(containerd, "execs");
  const { shim_pid: daemon } = await client.connect({ id: "execs" });
  const run = async (prefix: string, total: number): Promise<void> => {
    let done = 0;
    const numbers = Array.from({ length: total }, (_, index) => index);
    await inParallel(numbers, parallel, async (number) => {
      const execId = `${prefix}-${number}`;
      if (number % 3 === 0) await runKilledExec({ containerd, client }, "execs", execId);
      else await containerd.exec("execs", execId, ["/bin/true"]);
      done += 1;
      if (done % 300 === 0) console.log(`    ${done} of ${total} execs`);
    });
  };
  const idle = look(daemon).descriptors;
  await run("warm-up", Math.min(150, count));
  await until(() => look(daemon).descriptors <= idle, "the daemon rests", restTimeoutMs).catch(() => undefined);
  const before = look(daemon);
  const startedAt = Date.now();
  await run("exec", count);
  console.log(`    ${count} execs in ${seconds(startedAt)} s, a third with clients that were killed`);
  await until(() => look(daemon).descriptors <= idle, "the daemon rests", restTimeoutMs).catch(() => undefined);
  const after = look(daemon);
  check(after.descriptors <= idle, "descriptors after execs", `${idle} before, ${after.descriptors} after`);
  const memory = `${before.privateMb.toFixed(1)} MB before, ${after.privateMb.toFixed(1)} MB after`;
  check(after.privateMb - before.privateMb <= allowedGrowthMb, "private memory after execs", memory);
  const left = readdirSync(containerd.bundle("execs")).filter((name) => name.startsWith("exec-"));
  check(left.length === 0, "files of execs in the bundle", `${left.length}`);
  await containerd.remove("execs");
}

async function soakKills(count: number): Promise<void> {
  const seed = Number(process.env["DUNNAGE_TEST_SEED"] ?? Date.now() % 1_000_000);
  console.log(`    ${count} random kills, DUNNAGE_TEST_SEED=${seed}`);
  const containerd = await Containerd.start({ config: recorderConfig });
  try {
    const kills = await killAtRandom(containerd, count, seed);
    const faults = findFaults(readHookLines(containerd.dir));
    check(faults.length === 0, `pending hooks after ${JSON.stringify(kills)}`, faults.join("; ") || "all ran");
  } finally {
    await containerd[Symbol.asyncDispose]().catch((error: Error) => check(false, "clean", error.message));
  }
}

const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(1);

async function main(count: number, parallel: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "soak-"));
  const snapshot = join(dir, "before");
  try {
    await runCommandOk("sh", [leakCheck, "snapshot", snapshot, "--scope", testTag]);
    const kills = Number(process.env["SOAK_KILLS"] ?? 200);
    if (kills > 0) await soakKills(kills);
    const containerd = await Containerd.start({ config: `linger = "${lingerSeconds}s"\n` });
    try {
      const execs = Number(process.env["SOAK_EXECS"] ?? 3000);
      if (execs > 0) await soakExecs(containerd, execs, parallel);
      await soak(containerd, count, parallel);
    } finally {
      await containerd[Symbol.asyncDispose]().catch((error: Error) => check(false, "clean", error.message));
    }
    const compare = [leakCheck, "compare", snapshot, "--wait", "30", "--scope", testTag];
    const { stdout, status } = await runCommand("sh", compare);
    check(status === 0, "leak check", stdout || "nothing is left");
  } finally {
    rmSync(dir, { recursive: true });
  }
}

await main(Number(process.argv[2] ?? process.env["SOAK_COUNT"] ?? 1000), Number(process.argv[3] ?? 4));
console.log(failures === 0 ? "soak passed" : `soak failed: ${failures}`);
process.exitCode = Math.min(failures, 1);
