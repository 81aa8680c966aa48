import { createHash, randomBytes } from "node:crypto";
import { closeSync, constants, existsSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import test from "ava";
import { StdioScene } from "../../_support/stdio-scene.ts";
import { until } from "../../_support/until.ts";

const openWriter = (path: string): number => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);

/** Returns what the process has written to `got`. */
function content(scene: StdioScene): string {
  const path = scene.dir.join("got");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Writes until the FIFO is full; returns the number of bytes. */
function fill(fd: number): number {
  const chunk = Buffer.alloc(4096);
  let sizeBytes = 0;
  try {
    for (;;) sizeBytes += writeSync(fd, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return sizeBytes;
    throw error;
  }
}

test.serial("stdin – input, then end of file – client gone and CloseIO", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ stdin });
  const child = scene.run(io, "cat > got");
  t.is(await scene.client(`echo hello > ${stdin}`).ended, 0);
  io.closeStdin();
  t.is(await child.ended, 0);
  t.is(content(scene), "hello\n");
});

test.serial("stdin – no end of file – clients come and go without CloseIO", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ stdin });
  const child = scene.run(io, "cat > got");
  for (const line of ["a", "b", "c"]) {
    t.is(await scene.client(`echo ${line} > ${stdin}`).ended, 0);
    await until(() => content(scene).endsWith(`${line}\n`), line);
  }
  io.closeStdin();
  t.is(await child.ended, 0);
  t.is(content(scene), "a\nb\nc\n");
});

test.serial("stdin – end of file at once – CloseIO and no client ever", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ stdin: scene.fifo("in") });
  const child = scene.run(io, "cat > got");
  io.closeStdin();
  t.is(await child.ended, 0);
});

test.serial("stdin – input, then end of file – CloseIO before the process was made", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ stdin });
  t.is(await scene.client(`echo hello > ${stdin}`).ended, 0);
  io.closeStdin();
  t.is(await scene.run(io, "cat > got").ended, 0);
  t.is(content(scene), "hello\n");
});

test.serial("stdin – what the client still writes arrives – CloseIO while it is there", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ stdin });
  const child = scene.run(io, "cat > got");
  const writer = openWriter(stdin);
  io.closeStdin();
  writeSync(writer, "a\n");
  await until(() => content(scene) === "a\n", "a");
  writeSync(writer, "b\n");
  closeSync(writer);
  t.is(await child.ended, 0);
  t.is(content(scene), "a\nb\n");
});

test.serial("stdin – a client that waits in open gets through – it was there first", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const client = scene.client(`echo first > ${stdin}`);
  const io = await scene.open({ stdin });
  const child = scene.run(io, "head -n 1 > got");
  t.is(await child.ended, 0);
  t.is(await client.ended, 0);
  t.is(content(scene), "first\n");
});

test.serial("stdin – byte-exact – 20 MB", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const input = randomBytes(20_000_003);
  writeFileSync(scene.dir.join("input"), input);
  const io = await scene.open({ stdin });
  const child = scene.run(io, "sha256sum > got");
  t.is(await scene.client(`cat input > ${stdin}`).ended, 0);
  io.closeStdin();
  t.is(await child.ended, 0);
  t.is(content(scene).slice(0, 64), createHash("sha256").update(input).digest("hex"));
});

test.serial("stdin – the client blocks, nothing grows – the process does not read", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ stdin });
  const wait = scene.fifo("wait");
  const child = scene.run(io, "read -r line < wait; wc -c > got");
  const writer = openWriter(stdin);
  let sizeBytes = 0;
  // Pipe and FIFO hold 64 KiB each; another chunk may be in transit.
  await until(() => {
    sizeBytes += fill(writer);
    return sizeBytes >= 2 * 65_536;
  }, "full pipes");
  const turns = Array.from({ length: 20 });
  for (const _ of turns) {
    await new Promise(setImmediate);
    sizeBytes += fill(writer);
  }
  t.true(sizeBytes <= 2 * 65_536 + 3 * 4096, `${sizeBytes} bytes`);
  closeSync(writer);
  io.closeStdin();
  t.is(await scene.client(`echo go > ${wait}`).ended, 0);
  t.is(await child.ended, 0);
  t.is(Number(content(scene)), sizeBytes);
});

test.serial("stdin – the client gets EPIPE, nothing is logged – the process is gone", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ stdin });
  const writer = openWriter(stdin);
  t.is(await scene.run(io, "exit 3").ended, 3);
  await until(() => {
    try {
      writeSync(writer, "x");
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EPIPE";
    }
  }, "EPIPE");
  closeSync(writer);
  t.deepEqual(scene.leaks(), []);
  t.deepEqual(scene.log.lines, []);
});

test.serial("stdin – EPIPE is swallowed – the process ends with bytes on their way", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ stdin });
  const client = scene.client(`trap '' PIPE; head -c 1000000 /dev/zero > ${stdin} 2> /dev/null; echo done`);
  t.is(await scene.run(io, "head -c 1").ended, 0);
  t.is(await client.ended, 0);
  t.is(client.text(), "done\n");
  t.deepEqual(scene.log.lines, []);
});
