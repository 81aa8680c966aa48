import { createHash, randomBytes } from "node:crypto";
import { fstatSync, readFileSync, writeFileSync } from "node:fs";
import test from "ava";
import { StdioScene } from "../../_support/stdio-scene.ts";
import { until } from "../../_support/until.ts";

test.serial("pipe output – byte-exact – 100 MB in writes of odd sizes", async (t) => {
  await using scene = new StdioScene();
  const stdout = scene.fifo("out");
  const part = randomBytes(4_000_037);
  writeFileSync(scene.dir.join("part"), part);
  const hash = createHash("sha256");
  for (let i = 0; i < 25; i++) hash.update(part);
  const reader = scene.client(`sha256sum < ${stdout}`);
  const io = await scene.open({ stdout });
  const child = scene.run(
    io,
    "for bs in 1000 4096 4097 65536 1000000; do for i in 1 2 3 4 5; do dd if=part bs=$bs 2> /dev/null; done; done",
  );
  await reader.ended;
  t.is(reader.text().slice(0, 64), hash.digest("hex"));
  t.is(await child.ended, 0);
  t.true(await io.drained(60_000));
});

test.serial("pipe output – both streams complete – at the same time", async (t) => {
  await using scene = new StdioScene();
  const [stdout, stderr] = [scene.fifo("out"), scene.fifo("err")];
  const readers = [scene.client(`sha256sum < ${stdout}`), scene.client(`sha256sum < ${stderr}`)];
  const io = await scene.open({ stdout, stderr });
  scene.run(io, "seq 1 300000 & seq 1 300000 >&2; wait");
  await Promise.all(readers.map((reader) => reader.ended));
  const expected = scene.client("seq 1 300000 | sha256sum");
  await expected.ended;
  for (const reader of readers) t.is(reader.text(), expected.text());
});

test.serial("pipe output – drained is false, close works – a grandchild holds the pipe", async (t) => {
  await using scene = new StdioScene();
  const stdout = scene.fifo("out");
  const io = await scene.open({ stdout });
  const reader = scene.client(`exec cat ${stdout}`);
  t.is(await scene.run(io, "sleep 1000 & echo $!").ended, 0);
  await until(() => reader.text().endsWith("\n"), "the pid");
  t.false(await io.drained(50));
  const late = io.drained(60_000);
  io.close();
  t.false(await late);
  t.deepEqual(scene.leaks(), []);
  t.is(await reader.ended, 0);
  process.kill(Number(reader.text()), "SIGKILL");
});

test.serial("pipe output – drained is false – the FIFO is full and no client reads", async (t) => {
  await using scene = new StdioScene();
  const stdout = scene.fifo("out");
  const io = await scene.open({ stdout });
  t.is(await scene.run(io, "seq 1 20000").ended, 0);
  t.false(await io.drained(50));
  const drained = io.drained(60_000);
  const reader = scene.client(`cat ${stdout} | tail -n 1`);
  t.true(await drained);
  await reader.ended;
  t.is(reader.text(), "20000\n");
});

test.serial("pipe output – the process's ends belong to the io uid and gid", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open(
    { stdin: scene.fifo("in"), stdout: scene.fifo("out"), stderr: scene.fifo("err") },
    { ioUid: 1234, ioGid: 4321 },
  );
  for (const fd of Object.values(io.stdio)) {
    const { uid, gid } = fstatSync(fd);
    t.deepEqual([uid, gid], [1234, 4321]);
  }
});

for (const direct of [true, false]) {
  test.serial(`pipe output – appends – the path is a file – direct ${direct}`, async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.dir.join("log");
    writeFileSync(stdout, "before\n");
    const io = await scene.open({ stdout, stderr: stdout }, { direct });
    t.true(fstatSync(io.stdio.stdout).isFIFO());
    t.is(await scene.run(io, "seq 1 30000; echo end >&2").ended, 0);
    t.true(await io.drained(60_000));
    const lines = readFileSync(stdout, "utf8").split("\n");
    t.is(lines.length, 30_003);
    t.deepEqual([lines[0], lines[1], lines[30_000], lines[30_001]], ["before", "1", "30000", "end"]);
  });
}

test.serial("pipe output – one warning, the process continues – the file takes nothing", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ stdout: "/dev/full" });
  t.is(await scene.run(io, "seq 1 50000").ended, 0);
  t.true(await io.drained(60_000));
  t.like(scene.log.lines, [{ level: "warn", message: "output lost", fields: { stream: "stdout", path: "/dev/full" } }]);
  t.is(scene.log.lines.length, 1);
});

test.serial("pipe output – frees the file – closed in the middle of a write", async (t) => {
  await using scene = new StdioScene();
  const stdout = scene.dir.join("log");
  writeFileSync(stdout, "");
  const io = await scene.open({ stdout });
  scene.run(io, "yes");
  await until(() => readFileSync(stdout).length > 0, "a first line");
  io.close();
  await until(() => scene.leaks().length === 0, "no open file");
  t.pass();
});
