import test from "ava";
import { StdioScene } from "../../_support/stdio-scene.ts";
import { until } from "../../_support/until.ts";

test.serial(
  "binary:// – no descriptor for a logger, nor for what bypasses it – the process continues when there are some",
  async (t) => {
    await using scene = new StdioScene();
    const go = scene.fifo("go");
    const uri = scene.logger("log", `exec 5>&-; read line < ${go}; exit 3`);
    const io = await scene.open({ stdout: uri });
    const process = scene.run(io, "seq 1 100000");
    scene.client(`echo go > ${go}`);
    const limit = scene.libc.openFilesLimit();
    scene.libc.setOpenFilesLimit({ ...limit, soft: 3 });
    try {
      await until(
        () => scene.log.lines.some(({ message }) => message === "output without a logger is not read"),
        "the end of all attempts",
      );
    } finally {
      scene.libc.setOpenFilesLimit(limit);
    }
    t.is(await process.ended, 0);
    t.true(await io.drained(60_000));
  },
);
