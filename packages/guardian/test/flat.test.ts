import { readdirSync, readFileSync } from "node:fs";
import test from "ava";
import { TestGuardian } from "./_support/guardian.ts";

/** Returns the private memory of a process in bytes. */
function privateBytes(pid: number): number {
  const lines = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").matchAll(/^Private_\w+: +(\d+) kB$/gm);
  return [...lines].reduce((sum, [, kib]) => sum + 1024 * Number(kib), 0);
}

function descriptorCount(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

test.serial("a thousand deaths of workers leave no memory and no descriptors", async (t) => {
  await using guardian = await TestGuardian.start({ isPlain: true });
  const client = await guardian.connect();
  await client.call("Put", "key text");
  const held = client.call("Hold");
  const kill = async (count: number) => {
    const { deathsTotal } = await guardian.status();
    for (let index = 0; index < count; index++) await client.call("Half", "20");
    const status = await guardian.until(({ calls }) => calls === 1);
    t.is(status.deathsTotal, deathsTotal + count);
  };
  await kill(100);
  const before = { memory: privateBytes(guardian.pid), descriptors: descriptorCount(guardian.pid) };
  await kill(1000);
  t.is(descriptorCount(guardian.pid), before.descriptors);
  t.true(privateBytes(guardian.pid) - before.memory <= 16 << 10, `${before.memory} → ${privateBytes(guardian.pid)}`);
  t.is(await client.call("Get", "key"), "text");
  client.close();
  await t.throwsAsync(held);
});
