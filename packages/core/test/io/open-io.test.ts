import { fstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Code } from "@dunnage/ttrpc";
import test from "ava";
import type { StdioPaths } from "../../src/io/process-io.ts";
import { openFlags } from "../_support/open-files.ts";
import { numberedLines, StdioScene } from "../_support/stdio-scene.ts";
import { until } from "../_support/until.ts";

const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const target = (fd: number): string => readlinkSync(`/proc/self/fd/${fd}`);

test.serial("openIo – /dev/null for reading and writing – no paths", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({});
  for (const fd of Object.values(io.stdio)) t.is(target(fd), "/dev/null");
  t.is(await scene.run(io, "cat && echo lost && echo lost >&2").ended, 0);
  t.true(await io.drained(60_000));
  t.deepEqual(scene.leaks(), []);
});

for (const direct of [true, false]) {
  const mode = direct ? "direct" : "pipe";

  test.serial(`openIo – /dev/null for the missing streams – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const stderr = scene.fifo("err");
    const io = await scene.open({ stderr }, { direct });
    t.is(target(io.stdio.stdin), "/dev/null");
    t.is(target(io.stdio.stdout), "/dev/null");
    const reader = scene.client(`cat ${stderr}`);
    scene.run(io, "echo out; echo err >&2");
    t.is(await reader.ended, 0);
    t.is(reader.text(), "err\n");
  });

  test.serial(`openIo – one stream in order – the same path for stdout and stderr – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const io = await scene.open({ stdout, stderr: `fifo://${stdout}` }, { direct });
    t.is(io.stdio.stdout, io.stdio.stderr);
    const reader = scene.client(`cat ${stdout}`);
    scene.run(io, "for i in $(seq 1 2 999); do echo $i; echo $((i + 1)) >&2; done");
    await reader.ended;
    t.is(reader.text(), numberedLines(1000));
  });

  test.serial(`openIo – two streams apart – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const [stdout, stderr] = [scene.fifo("out"), scene.fifo("err")];
    const io = await scene.open({ stdout, stderr }, { direct });
    const readers = [scene.client(`cat ${stdout}`), scene.client(`cat ${stderr}`)];
    scene.run(io, "echo out; echo err >&2");
    await Promise.all(readers.map((reader) => reader.ended));
    t.deepEqual(
      readers.map((reader) => reader.text()),
      ["out\n", "err\n"],
    );
  });

  test.serial(`openIo – descriptors block and are closed on exec – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const io = await scene.open(
      { stdin: scene.fifo("in"), stdout: scene.fifo("out"), stderr: scene.fifo("err") },
      { direct },
    );
    for (const fd of Object.values(io.stdio)) t.is(openFlags(fd) & (O_NONBLOCK | O_CLOEXEC), O_CLOEXEC);
  });

  test.serial(`close – frees everything – at any time and again – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const paths = { stdin: scene.fifo("in"), stdout: scene.fifo("out"), stderr: scene.fifo("err") };
    (await scene.open(paths, { direct })).close();
    t.deepEqual(scene.leaks(), []);
    const io = await scene.open(paths, { direct });
    io.handedOver();
    io.handedOver();
    io.closeStdin();
    io.closeStdin();
    io.close();
    io.close();
    io.handedOver();
    io.closeStdin();
    io.processExited();
    t.deepEqual(scene.leaks(), []);
    t.is(await io.drained(60_000), direct);
  });

  test.serial(`close – a client gets end of file – the process was never made – ${mode}`, async (t) => {
    await using scene = new StdioScene();
    const stdout = scene.fifo("out");
    const reader = scene.client(`exec < ${stdout}; echo open; exec cat`);
    const io = await scene.open({ stdout }, { direct });
    await until(() => reader.text() === "open\n", "a reader");
    io.close();
    t.is(await reader.ended, 0);
    t.is(reader.text(), "open\n");
  });

  const fails = (title: string, make: (scene: StdioScene) => Partial<StdioPaths>, code: number, text: string) =>
    test.serial(`openIo – ${title} – ${mode}`, async (t) => {
      await using scene = new StdioScene();
      const paths = make(scene);
      const error = (await t.throwsAsync(() => scene.open(paths, { direct }))) as Error & { code?: number };
      t.is(error.code, code);
      t.true(error.message.includes(text.replace("DIR", scene.dir.path)), error.message);
      t.deepEqual(scene.leaks(), []);
    });

  fails(
    "InvalidArgument – stdout does not exist",
    (s) => ({ stdin: s.fifo("in"), stdout: s.dir.join("no") }),
    Code.InvalidArgument,
    "opening stdout DIR/no failed: no such file or directory",
  );
  fails(
    "InvalidArgument, stdout closed again – stderr does not exist",
    (s) => ({ stdin: s.fifo("in"), stdout: s.fifo("out"), stderr: s.dir.join("no") }),
    Code.InvalidArgument,
    "opening stderr DIR/no failed: no such file or directory",
  );
  fails(
    "InvalidArgument – stdin does not exist",
    (s) => ({ stdin: s.dir.join("no"), stdout: s.fifo("out") }),
    Code.InvalidArgument,
    "opening stdin DIR/no failed: no such file or directory",
  );
  fails(
    "InvalidArgument – dangling link",
    (s) => {
      symlinkSync("nowhere", s.dir.join("link"));
      return { stdout: s.dir.join("link") };
    },
    Code.InvalidArgument,
    "opening stdout DIR/link failed: no such file or directory",
  );
  fails(
    "InvalidArgument – a NUL byte",
    (s) => ({ stdin: s.fifo("in"), stdout: `${s.fifo("out")}\0x` }),
    Code.InvalidArgument,
    "failed: a NUL byte in the path",
  );
  fails(
    "InvalidArgument – stdout is a directory",
    (s) => {
      mkdirSync(s.dir.join("d"));
      return { stdout: s.dir.join("d") };
    },
    Code.InvalidArgument,
    "opening stdout DIR/d failed: is a directory",
  );
  fails(
    "InvalidArgument – stdin is a file",
    (s) => {
      writeFileSync(s.dir.join("f"), "");
      return { stdin: s.dir.join("f") };
    },
    Code.InvalidArgument,
    "opening stdin DIR/f failed: not a FIFO",
  );
  fails(
    "Unimplemented – scheme of a terminal's stdout",
    () => ({ terminal: true, stdout: "npipe:///x" }),
    Code.Unimplemented,
    "unknown STDIO scheme npipe",
  );
  fails(
    "InvalidArgument – a terminal's stdout does not exist",
    (s) => ({ terminal: true, stdin: s.fifo("in"), stdout: s.dir.join("none") }),
    Code.InvalidArgument,
    "opening stdout DIR/none failed: no such file or directory",
  );
  fails(
    "Unimplemented – scheme of stdout",
    () => ({ stdout: "npipe:///x" }),
    Code.Unimplemented,
    "unknown STDIO scheme npipe",
  );
  fails(
    "Unimplemented – scheme of stderr",
    (s) => ({ stdout: s.fifo("out"), stderr: "x:///y" }),
    Code.Unimplemented,
    "scheme x",
  );
  fails(
    "Unimplemented – scheme of stdin",
    (s) => ({ stdin: "x:///y", stdout: s.fifo("out") }),
    Code.Unimplemented,
    "scheme x",
  );
  fails(
    "Unimplemented – a file for stdin",
    (s) => ({ stdin: "file:///x", stdout: s.fifo("out") }),
    Code.Unimplemented,
    "unknown STDIO scheme file in file:///x",
  );
  fails(
    "Unimplemented – a logger for stderr alone, malformed or not",
    (s) => ({ stdout: s.fifo("out"), stderr: "binary://host/x" }),
    Code.Unimplemented,
    "unknown STDIO scheme binary in binary://host/x",
  );
  fails(
    "Unimplemented, stdin not opened – scheme of stdout",
    (s) => ({ stdin: s.dir.join("no"), stdout: "npipe:///x" }),
    Code.Unimplemented,
    "unknown STDIO scheme npipe in npipe:///x",
  );
  fails(
    "InvalidArgument – stdin is opened before stdout's URI is decoded",
    (s) => ({ stdin: s.dir.join("no"), stdout: "file://host/x" }),
    Code.InvalidArgument,
    "opening stdin DIR/no failed: no such file or directory",
  );
}

for (const terminal of [true, false]) {
  test.serial(`openIo – stderr may be malformed – it is ignored – terminal: ${terminal}`, async (t) => {
    await using scene = new StdioScene();
    const logger = scene.logger("log", "exec 5>&-; cat <&3; cat <&4");
    const io = await scene.open({ terminal, stdout: logger, stderr: "binary://host/%zz" });
    io.close();
    await until(() => scene.leaks().length === 0, "the end of the logger");
    t.pass();
  });
}

test.serial("openIo – a link to a FIFO is that FIFO", async (t) => {
  await using scene = new StdioScene();
  const stdout = scene.fifo("out");
  symlinkSync(stdout, scene.dir.join("link"));
  const io = await scene.open({ stdout: scene.dir.join("link") }, { direct: true });
  t.true(fstatSync(io.stdio.stdout).isFIFO());
  t.is(target(io.stdio.stdout), stdout);
});

test.serial("openIo – works on – the client removed the FIFO after the open", async (t) => {
  await using scene = new StdioScene();
  const stdout = scene.fifo("out");
  const reader = scene.client(`exec < ${stdout}; echo open; exec cat`);
  const io = await scene.open({ stdout }, { direct: true });
  await until(() => reader.text() === "open\n", "a reader");
  rmSync(stdout);
  scene.run(io, "seq 1 3");
  await reader.ended;
  t.is(reader.text(), "open\n1\n2\n3\n");
});
