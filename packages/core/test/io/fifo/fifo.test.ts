import { execFileSync } from "node:child_process";
import { closeSync, constants, fstatSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import test from "ava";
import { openReadEnd, openWriteEnd } from "../../../src/io/fifo/fifo.ts";
import { openPath } from "../../../src/io/path/open-path.ts";
import { StdioScene } from "../../_support/stdio-scene.ts";
import { until } from "../../_support/until.ts";

const src = new URL("../../../src/", import.meta.url);

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

test.serial(
  "fifo – one free descriptor – the question for other readers is answered, and our read end stays",
  async (t) => {
    await using scene = new StdioScene();
    const path = scene.fifo("out");
    const code = `
    const { closeSync, constants, openSync } = await import("node:fs");
    const { openKoffiLibc } = await import("${src}native/open-libc.ts");
    const { hasOtherReader } = await import("${src}io/fifo/fifo.ts");
    const { noFreeDescriptors } = await import("${src}../test/_support/shortage.ts");
    const libc = openKoffiLibc();
    const open = (flags) => openSync("${path}", flags | constants.O_NONBLOCK);
    const [readEnd, client, spare] = [0, 0, 0].map(() => open(constants.O_RDONLY));
    noFreeDescriptors();
    closeSync(spare);
    const answers = [];
    const ask = (asked) => {
      try {
        answers.push(hasOtherReader(asked, readEnd));
      } catch (error) {
        answers.push(error.code);
      }
    };
    const dup2 = libc.dup2.bind(libc);
    const setCloseOnExec = libc.setCloseOnExec.bind(libc);
    let taken;
    const takes = { dup2, setCloseOnExec, hasReadEnd: (fd) => {
      const answer = libc.hasReadEnd(fd);
      taken = openSync("/dev/null");
      return answer;
    } };
    ask(libc);
    closeSync(client); // two are free from now on
    const filler = openSync("/dev/null");
    ask(libc);
    ask(takes);
    closeSync(taken);
    ask(libc);
    closeSync(open(constants.O_WRONLY)); // ENXIO without our read end
    console.log(answers.join(" "));
    process.exit(0);`;
    const run = execFileSync(process.execPath, ["--input-type=module", "-e", code], { timeout: 20_000 });
    t.is(run.toString(), "true false EMFILE false\n");
  },
);

test.serial("fifo – idle streams do not keep the event loop alive", async (t) => {
  await using scene = new StdioScene();
  const paths = { terminal: false, stdin: scene.fifo("in"), stdout: scene.fifo("out"), stderr: scene.fifo("err") };
  const code = `
    const { openKoffiLibc } = await import("${src}native/open-libc.ts");
    const { openIo } = await import("${src}io/open-io.ts");
    const { silentLogger: log } = await import("${src}log/logger.ts");
    const io = await openIo(${JSON.stringify(paths)}, { direct: false, ioUid: 0, ioGid: 0 }, { libc: openKoffiLibc(), log });
    io.handedOver();
    console.log("end");`;
  t.is(execFileSync(process.execPath, ["--input-type=module", "-e", code], { timeout: 60_000 }).toString(), "end\n");
});

test.serial(
  "direct output – after the exit – what counts as unread is what a client has open for reading",
  async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const io = await scene.open({ stdout }, { direct: true });
    const script = scene.run(io, "echo last words; exec sleep 1000");
    await until(() => io.unread?.() === 11, "the output");
    process.kill(script.pid);
    await script.ended;
    await until(() => io.unread?.() === 0, "the exit");
    const idle = openSync(stdout, constants.O_RDONLY | constants.O_NONBLOCK);
    t.is(io.unread?.(), 11);
    closeSync(idle);
    t.is(io.unread?.(), 0);
    const late = scene.client(`exec cat ${stdout}`);
    t.is(await late.ended, 0);
    t.is(late.text(), "last words\n");
    t.is(io.unread?.(), 0);
  },
);

test.serial(
  "direct output – no descriptor is left at the exit – a client that comes later has the last lines",
  async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const io = await scene.open({ stdout }, { direct: true });
    writeSync(io.stdio.stdout, "last words\n");
    io.handedOver();
    const { libc } = scene;
    const limit = libc.openFilesLimit();
    libc.setOpenFilesLimit({ ...limit, soft: 3 });
    try {
      io.processExited();
      t.is(io.unread?.(), 11);
    } finally {
      libc.setOpenFilesLimit(limit);
    }
    await until(() => io.unread?.() === 0, "a descriptor");
    const late = scene.client(`exec cat ${stdout}`);
    t.is(await late.ended, 0);
    t.is(late.text(), "last words\n");
  },
);
