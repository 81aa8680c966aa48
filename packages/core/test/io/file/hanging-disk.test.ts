import { readFileSync, statSync, symlinkSync } from "node:fs";
import { Code } from "@dunnage/ttrpc";
import test from "ava";
import { HangingFs } from "../../_support/hanging-fs.ts";
import { StdioScene } from "../../_support/stdio-scene.ts";
import { until } from "../../_support/until.ts";

const openTimeoutMs = 200;
const four = ["1", "2", "3", "4"];

test.serial("file:// – four log files hang in writing – another's lines come, and a new one opens", async (t) => {
  await using scene = new StdioScene();
  using fs = new HangingFs();
  const path = scene.dir.join("log");
  const healthy = scene.run(
    await scene.open({ stdout: `file://${path}` }),
    "until [ -e end ]; do echo x; sleep 0.05; done",
  );
  const hanging = await Promise.all(four.map((n) => scene.open({ stdout: `file://${fs.join(`write-${n}.log`)}` })));
  for (const io of hanging) scene.run(io, "echo hangs");
  const before = readFileSync(path).length;
  await until(() => readFileSync(path).length > before + 20, "lines");
  const io = await scene.open({ stdout: `file://${scene.dir.join("new")}` });
  await scene.run(io, "echo new; touch end").ended;
  t.true(await io.drained(10_000));
  t.is(readFileSync(scene.dir.join("new"), "utf8"), "new\n");
  await healthy.ended;
  fs.recover();
});

test.serial("file:// – the disk hangs in opening – Unknown within a time, others open", async (t) => {
  await using scene = new StdioScene();
  using fs = new HangingFs();
  const failing = four.map((n) => scene.open({ stdout: `file://${fs.join(`open-${n}.log`)}` }, { openTimeoutMs }));
  const results = Promise.allSettled(failing);
  await scene.open({ stdout: `file://${scene.dir.join("log")}`, stdin: scene.fifo("in") });
  for (const [i, result] of (await results).entries()) {
    const message = `opening stdout ${fs.join(`open-${i + 1}.log`)} failed: no answer from the file system within 0.2 s`;
    t.like(result, { reason: { code: Code.Unknown, message } });
  }
  fs.recover();
});

for (const hangs of ["lookup", "lookup/below"])
  test.serial(`file:// – a link to ${hangs} on a disk that hangs – files next to the link open`, async (t) => {
    await using scene = new StdioScene();
    using fs = new HangingFs();
    symlinkSync(fs.join(hangs), scene.dir.join("link"));
    const opening = scene.open({ stdout: `file://${scene.dir.join("link")}` }, { openTimeoutMs });
    const failed = t.throwsAsync(opening, { message: /link failed: no answer from the file system within 0.2 s/ });
    await scene.open({ stdout: `file://${scene.dir.join("log")}` });
    await failed;
    t.pass();
  });

test.serial("stdout – a plain path on a disk that hangs – Unknown within a time", async (t) => {
  await using scene = new StdioScene();
  using fs = new HangingFs();
  const opening = scene.open({ stdout: fs.join("lookup"), stdin: scene.fifo("in") }, { openTimeoutMs });
  await t.throwsAsync(opening, { message: /lookup failed: no answer from the file system/ });
});

test.serial("stdout – the disk of a file hangs in closing – close returns", async (t) => {
  await using scene = new StdioScene();
  using fs = new HangingFs();
  const io = await scene.open({ stdout: fs.join("flush.log") });
  io.close();
  t.pass();
  fs.recover();
});

test.serial("file:// – the disk hangs in closing once it is written to – other processes start", async (t) => {
  await using scene = new StdioScene();
  using fs = new HangingFs();
  const io = await scene.open({ stdout: `file://${fs.join("used.log")}` });
  const writing = scene.run(io, "echo x; until [ -e end ]; do sleep 0.05; done");
  await until(() => statSync(fs.join("used.log")).size > 0, "the first line");
  t.is(await scene.client("touch end").ended, 0);
  await writing.ended;
  io.close();
  fs.recover();
});
