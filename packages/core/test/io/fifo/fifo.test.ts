import { execFileSync } from "node:child_process";
import { fstatSync, renameSync, statSync } from "node:fs";
import test from "ava";
import { openReadEnd, openWriteEnd } from "../../../src/io/fifo/fifo.ts";
import { openPath } from "../../../src/io/open-path.ts";
import { StdioScene } from "../../_support/stdio-scene.ts";

test.serial("fifo – the ends are those of the FIFO that was named – its path was replaced meanwhile", async (t) => {
  await using scene = new StdioScene();
  const path = scene.fifo("out");
  const { ino } = statSync(path);
  using opened = await openPath({ stream: "stdout", path });
  renameSync(scene.fifo("other"), path);
  using readEnd = openReadEnd(opened.handle);
  using writeEnd = openWriteEnd(readEnd.fd);
  t.is(fstatSync(readEnd.fd).ino, ino);
  t.is(fstatSync(writeEnd.fd).ino, ino);
});

test.serial("fifo – idle streams do not keep the event loop alive", async (t) => {
  await using scene = new StdioScene();
  const paths = { terminal: false, stdin: scene.fifo("in"), stdout: scene.fifo("out"), stderr: scene.fifo("err") };
  const src = new URL("../../../src/", import.meta.url);
  const code = `
    const { openKoffiLibc } = await import("${src}native/open-libc.ts");
    const { openIo } = await import("${src}io/open-io.ts");
    const { silentLogger: log } = await import("${src}log/logger.ts");
    const io = await openIo(${JSON.stringify(paths)}, { direct: false, ioUid: 0, ioGid: 0 }, { libc: openKoffiLibc(), log });
    io.handedOver();
    console.log("end");`;
  t.is(execFileSync(process.execPath, ["--input-type=module", "-e", code], { timeout: 60_000 }).toString(), "end\n");
});
