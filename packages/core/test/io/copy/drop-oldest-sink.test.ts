import test from "ava";
import { numberedLines, StdioScene } from "../../_support/stdio-scene.ts";
import { until } from "../../_support/until.ts";

const policy = { whenReaderIsAway: "drop-oldest", dropBufferBytes: 65_536 } as const;

for (const withReader of [false, true]) {
  test.serial(
    `drop-oldest – the process runs on, newest lines kept, loss counted – ${withReader ? "a reader that stops" : "no reader"}`,
    async (t) => {
      await using scene = new StdioScene();
      const stdout = scene.fifo("out");
      const io = await scene.open({ stdout }, policy);
      const go = scene.fifo("go");
      const early = withReader ? scene.client(`exec < ${stdout}; read go < ${go}; exec cat`) : undefined;
      t.is(await scene.run(io, "seq 1 200000").ended, 0);
      t.true(scene.log.lines.some(({ message }) => message === "output is being dropped, its reader is away"));
      if (early) scene.client(`echo go > ${go}`);
      const reader = early ?? scene.client(`cat ${stdout}`);
      t.is(await reader.ended, 0);
      t.true(await io.drained(60_000));
      const text = reader.text();
      t.true(text.startsWith("1\n2\n3\n"), "what the FIFO held");
      t.true(text.endsWith("199998\n199999\n200000\n"), "what the buffer held");
      const dropped = scene.log.lines.filter(({ message }) => message === "output was dropped");
      t.is(dropped.length, 1);
      t.is(text.length + Number(dropped[0]?.fields["dropped_bytes"]), numberedLines(200_000).length);
    },
  );
}

test.serial("drop-oldest – nothing is dropped – while the reader reads", async (t) => {
  await using scene = new StdioScene();
  const stdout = scene.fifo("out");
  const reader = scene.client(`cat ${stdout}`);
  const io = await scene.open({ stdout }, { ...policy, dropBufferBytes: 64 * 1024 * 1024 });
  t.is(await scene.run(io, "seq 1 300000").ended, 0);
  t.is(await reader.ended, 0);
  t.true(reader.text() === numberedLines(300_000));
  t.deepEqual(scene.log.lines, []);
});

test.serial("drop-oldest – what no client has read at the end – counts as dropped", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ stdout: scene.fifo("out") }, policy);
  t.is(await scene.run(io, "seq 1 200000").ended, 0);
  t.false(await io.drained(100));
  io.close();
  const dropped = scene.log.lines.find(({ message }) => message === "output was dropped")?.fields["dropped_bytes"];
  const inFifo = numberedLines(200_000).length - Number(dropped);
  t.true(inFifo >= 32_768 && inFifo <= 2 * 65_536, `${inFifo} bytes were in the FIFO, or on the way to it`);
  t.deepEqual(scene.leaks(), []);
});

test.serial("drop-oldest – a file – loses nothing", async (t) => {
  await using scene = new StdioScene();
  const stdout = `file://${scene.dir.join("log")}`;
  const io = await scene.open({ stdout }, policy);
  t.is(await scene.run(io, "seq 1 200000").ended, 0);
  t.true(await io.drained(60_000));
  const check = scene.client("tail -n 1 log; wc -l < log");
  await check.ended;
  await until(() => check.text() === "200000\n200000\n", "all lines");
  t.pass();
});
