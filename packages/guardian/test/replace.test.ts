import test from "ava";
import { Operation } from "./_support/frames.ts";
import { TestGuardian } from "./_support/guardian.ts";

test.serial("replace – the new worker continues with calls and descriptors", async (t) => {
  await using guardian = await TestGuardian.start({ workerArgs: ["build", "one"] });
  const client = await guardian.connect();
  await client.call("Put", "key text");
  const waiting = client.info("HoldOnce");
  await client.call("Echo");
  t.deepEqual(await guardian.ask(`REPLACE\0${guardian.programs.worker}\0build\0two\0`), {});
  const { deathsTotal } = await guardian.until(({ build, stage }) => build === "two" && stage === "ready");
  t.is(deathsTotal, 0);
  t.is((await waiting).attempts, 1);
  t.is(await client.call("Get", "key"), "text");
  t.is((await client.received(Operation.WELCOME))[0]?.readUInt32BE(8), 4);
});

test.serial("replace – a program that does not start leaves the old worker in place", async (t) => {
  await using guardian = await TestGuardian.start({ workerArgs: ["build", "one"] });
  const { worker } = await guardian.until(({ stage }) => stage === "ready");
  for (const argv of ["/no/such/program\0", `${guardian.programs.worker}\0fail\0`]) {
    t.deepEqual(await guardian.ask(`REPLACE\0${argv}`), {});
    await guardian.until((status) => (status as unknown as { standby: number }).standby === 0);
  }
  t.like(await guardian.status(), { worker, build: "one", deathsTotal: 0 });
  t.deepEqual(await guardian.ask("REPLACE\0relative\0"), { error: "the program of a worker is an absolute path" });
});

test.serial("replace – a new program that dies before it is ready is rolled back", async (t) => {
  const args = ["--rollback-timeout", "1000"];
  await using guardian = await TestGuardian.start({ workerArgs: ["build", "one"], args });
  await guardian.until(({ stage }) => stage === "ready");
  // It boots, and never gets ready.
  const command = `WORKER_NOT_READY=1 exec ${guardian.programs.worker} build two`;
  t.deepEqual(await guardian.ask(`REPLACE\0/bin/sh\0-c\0${command}\0`), {});
  const status = await guardian.until(({ epoch, stage }) => epoch === 3 && stage === "ready");
  t.like(status, { build: "one", cause: "rollback" });
});

test.serial("replace – the wait for the old worker does not count, and the command has no further words", async (t) => {
  const args = ["--rollback-timeout", "2500"];
  await using guardian = await TestGuardian.start({ workerArgs: ["build", "one"], args });
  await guardian.until(({ stage }) => stage === "ready");
  const command = `WORKER_READY_MS=2000 exec ${guardian.programs.worker} build words$#`;
  t.deepEqual(await guardian.ask(`REPLACE\0/bin/sh\0-c\0${command}\0zero\0`), {});
  const status = await guardian.until(
    ({ build, stage, deathsTotal }) => (build !== "one" && stage === "ready") || deathsTotal > 0,
  );
  t.like(status, { epoch: 2, build: "words0", deathsTotal: 0 });
});
