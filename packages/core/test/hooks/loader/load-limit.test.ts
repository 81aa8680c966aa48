import test from "ava";
import { withinLoadLimits } from "../../../src/hooks/loader/load-limit.ts";

const never = new Promise<never>(() => {});
const limits = { tickMs: 1, idleTicks: 5, totalTicks: 30 };

test("withinLoadLimits – no progress – is an error after as many ticks", async (t) => {
  let ticks = 0;
  const cpuMs = () => {
    ticks++;
    return 100;
  };
  await t.throwsAsync(withinLoadLimits(never, { ...limits, cpuMs }), {
    message: "the module waits: no progress for 0.005 s",
  });
  t.is(ticks, 1 + 5);
});

test("withinLoadLimits – slow progress – is waited for, up to the limit of the whole", async (t) => {
  let cpu = 0;
  const cpuMs = () => {
    cpu++;
    return cpu;
  };
  await t.throwsAsync(withinLoadLimits(never, { ...limits, cpuMs }), { message: "the module did not load in 0.03 s" });
  t.is(cpu, 1 + 30);
});

test("withinLoadLimits – pauses shorter than the limit – do not add up", async (t) => {
  let calls = 0;
  const cpuMs = () => {
    calls++;
    return Math.floor(calls / 4);
  };
  await t.throwsAsync(withinLoadLimits(never, { ...limits, cpuMs }), { message: /did not load/ });
});

test("withinLoadLimits – the result or the error of the load", async (t) => {
  t.is(await withinLoadLimits(Promise.resolve(1)), 1);
  await t.throwsAsync(withinLoadLimits(Promise.reject(new Error("at load"))), { message: "at load" });
});
