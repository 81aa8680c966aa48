import { closeSync, constants, openSync } from "node:fs";
import test from "ava";
import { numberedLines, StdioScene } from "../_support/stdio-scene.ts";
import { until } from "../_support/until.ts";

// 288,894 bytes: more than the FIFO and the pipe can hold together.
const manyLines = 50_000;

/** Waits until the FIFO is full, which blocks the process or the copying. */
async function fifoFull(scene: StdioScene, path: string): Promise<void> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    await until(() => scene.libc.bytesReadable(fd) > 65_536 - 4096, "a full FIFO");
  } finally {
    closeSync(fd);
  }
}

for (const direct of [true, false]) {
  const mode = direct ? "direct" : "pipe";

  test.serial(`output – complete, then end of file – reader there before – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const reader = scene.client(`cat ${stdout}`);
    const io = await scene.open({ stdout }, { direct });
    const child = scene.run(io, `seq 1 ${manyLines}`);
    t.is(await reader.ended, 0);
    t.is(reader.text(), numberedLines(manyLines));
    t.is(await child.ended, 0);
    t.true(await io.drained(60_000));
  });

  test.serial(`output – complete, no SIGPIPE – reader comes when the FIFO is full – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const io = await scene.open({ stdout }, { direct });
    const child = scene.run(io, `seq 1 ${manyLines}`);
    await fifoFull(scene, stdout);
    const reader = scene.client(`cat ${stdout}`);
    t.is(await child.ended, 0);
    t.is(await reader.ended, 0);
    t.is(reader.text(), numberedLines(manyLines));
  });

  test.serial(`output – last lines, then end of file – reader comes after the exit – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const io = await scene.open({ stdout }, { direct });
    t.is(await scene.run(io, "seq 1 100").ended, 0);
    t.true(await io.drained(60_000));
    const reader = scene.client(`cat ${stdout}`);
    t.is(await reader.ended, 0);
    t.is(reader.text(), numberedLines(100));
  });

  test.serial(`output – none lost or doubled – readers killed and replaced – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const io = await scene.open({ stdout }, { direct });
    const child = scene.run(io, `seq 1 ${manyLines}`);
    let text = "";
    for (let i = 0; i < 3; i++) {
      const killed = scene.client(`exec < ${stdout}; head -c 30001; kill -9 $$`);
      t.is(await killed.ended, "SIGKILL");
      text += killed.text();
      await fifoFull(scene, stdout);
    }
    const last = scene.client(`cat ${stdout}`);
    t.is(await last.ended, 0);
    t.is(text + last.text(), numberedLines(manyLines));
    t.is(await child.ended, 0);
  });

  test.serial(`output – rest and end of file – a reader took part of it after the exit – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const io = await scene.open({ stdout }, { direct });
    t.is(await scene.run(io, "seq 1 1000").ended, 0);
    const killed = scene.client(`exec < ${stdout}; head -c 1001; kill -9 $$`);
    t.is(await killed.ended, "SIGKILL");
    const last = scene.client(`cat ${stdout}`);
    t.is(await last.ended, 0);
    t.is(killed.text() + last.text(), numberedLines(1000));
  });

  test.serial(`output – no write end left – everything was read – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const io = await scene.open({ stdout }, { direct });
    t.is(await scene.run(io, "echo x").ended, 0);
    const held = direct ? 0 : 1; // the read end, which a direct output closes with its process
    await until(() => scene.leaks().length === held + 1, "the write end");
    const reader = scene.client(`cat ${stdout}`);
    t.is(await reader.ended, 0);
    await until(() => scene.leaks().length === held, "no write end");
    io.close();
    t.deepEqual(scene.leaks(), []);
  });

  test.serial(`close – frees everything – bytes were never read – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const io = await scene.open({ stdout }, { direct });
    t.is(await scene.run(io, "seq 1 1000").ended, 0);
    t.true(await io.drained(60_000));
    io.close();
    t.deepEqual(scene.leaks(), []);
  });

  test.serial(`close – SIGPIPE at last – the process still writes – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const io = await scene.open({ stdout: scene.fifo("out") }, { direct });
    const child = scene.run(io, "exec yes");
    io.close();
    t.is(await child.ended, "SIGPIPE");
  });
}
