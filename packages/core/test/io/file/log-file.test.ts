import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { Code } from "@dunnage/ttrpc";
import test from "ava";
import { numberedLines, StdioScene } from "../../_support/stdio-scene.ts";

for (const direct of [true, false]) {
  test.serial(`file:// – made with its directories, both streams in order – direct ${direct}`, async (t) => {
    await using scene = new StdioScene();
    const uri = `file://${scene.dir.path}/a/b%20c/d%23.log`;
    const path = scene.dir.join("a/b c/d#.log");
    const io = await scene.open({ stdout: uri, stderr: uri }, { direct });
    t.is(io.stdio.stdout, io.stdio.stderr);
    t.true(
      statSync(`/proc/self/fd/${io.stdio.stdout}`).isFIFO(),
      "the container gets no descriptor of the host's file",
    );
    t.is(statSync(path).mode & 0o777, 0o644 & ~process.umask());
    t.is(statSync(scene.dir.join("a")).mode & 0o777, 0o755 & ~process.umask());
    await scene.run(io, "for i in $(seq 1 2 999); do echo $i; echo $((i + 1)) >&2; done").ended;
    t.true(await io.drained(60_000));
    t.is(readFileSync(path, "utf8"), numberedLines(1000));
  });
}

test.serial("file:// – byte-exact – 40 MB in writes of odd sizes", async (t) => {
  await using scene = new StdioScene();
  const part = randomBytes(2_000_003);
  writeFileSync(scene.dir.join("part"), part);
  const io = await scene.open({ stdout: `file://${scene.dir.join("log")}` });
  const script =
    "for bs in 999 4097 65536 1000000; do for i in 1 2 3 4 5; do dd if=part bs=$bs 2> /dev/null; done; done";
  t.is(await scene.run(io, script).ended, 0);
  t.true(await io.drained(60_000));
  const expected = createHash("sha256");
  for (let i = 0; i < 20; i++) expected.update(part);
  t.is(
    createHash("sha256")
      .update(readFileSync(scene.dir.join("log")))
      .digest("hex"),
    expected.digest("hex"),
  );
});

test.serial("file:// – appends – to what is there, next to another writer", async (t) => {
  await using scene = new StdioScene();
  const path = scene.dir.join("log");
  writeFileSync(path, "before\n");
  const io = await scene.open({ stdout: `file:${path}?ignored=1` });
  t.is(await scene.run(io, "echo one; echo other >> log; sleep 0.1; echo two").ended, 0);
  t.true(await io.drained(60_000));
  t.deepEqual(readFileSync(path, "utf8").trim().split("\n").sort(), ["before", "one", "other", "two"]);
});

test.serial("file:// – two files – stderr has another", async (t) => {
  await using scene = new StdioScene();
  const [out, err] = [scene.dir.join("out"), scene.dir.join("err")];
  const io = await scene.open({ stdout: `file://localhost${out}`, stderr: `FILE://${err}` });
  t.is(await scene.run(io, "echo out; echo err >&2").ended, 0);
  t.true(await io.drained(60_000));
  t.is(readFileSync(out, "utf8"), "out\n");
  t.is(readFileSync(err, "utf8"), "err\n");
});

test.serial("file:// – stderr alone", async (t) => {
  await using scene = new StdioScene();
  const err = scene.dir.join("err");
  const io = await scene.open({ stderr: `file://${err}` });
  t.is(await scene.run(io, "echo out; echo err >&2").ended, 0);
  t.true(await io.drained(60_000));
  t.is(readFileSync(err, "utf8"), "err\n");
});

test.serial("file:// – continues in the file that was moved away", async (t) => {
  await using scene = new StdioScene();
  const path = scene.dir.join("log");
  const io = await scene.open({ stdout: `file://${path}` });
  const child = scene.run(io, "echo one; until [ -e moved ]; do sleep 0.01; done; echo two");
  renameSync(path, scene.dir.join("moved"));
  t.is(await child.ended, 0);
  t.true(await io.drained(60_000));
  t.is(readFileSync(scene.dir.join("moved"), "utf8"), "one\ntwo\n");
});

test.serial("file:// – a FIFO is one – without waiting for its reader", async (t) => {
  await using scene = new StdioScene();
  const path = scene.fifo("out");
  const io = await scene.open({ stdout: `file://${path}` });
  const reader = scene.client(`cat ${path}`);
  t.is(await scene.run(io, "echo hello").ended, 0);
  await reader.ended;
  t.is(reader.text(), "hello\n");
});

test.serial("file:// – a dangling link – its target is made", async (t) => {
  await using scene = new StdioScene();
  symlinkSync("target", scene.dir.join("link"));
  const io = await scene.open({ stdout: `file://${scene.dir.join("link")}` });
  t.is(await scene.run(io, "echo hello").ended, 0);
  t.true(await io.drained(60_000));
  t.is(readFileSync(scene.dir.join("target"), "utf8"), "hello\n");
});

test.serial("file:// – drained is false in bounded time – a grandchild holds the pipe", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ stdout: `file://${scene.dir.join("log")}` });
  t.is(await scene.run(io, "echo hello; sleep 1000 &").ended, 0);
  t.false(await io.drained(50));
  io.close();
});

const fails = (title: string, uri: string, message: string) =>
  test.serial(`file:// – InvalidArgument – ${title}`, async (t) => {
    await using scene = new StdioScene();
    writeFileSync(scene.dir.join("file"), "");
    mkdirSync(scene.dir.join("dir"));
    const stdout = uri.replace("DIR", scene.dir.path);
    const error = await t.throwsAsync(() => scene.open({ stdin: scene.fifo("in"), stdout }));
    t.like(error, { code: Code.InvalidArgument, message: message.replace("DIR", scene.dir.path) });
    t.deepEqual(scene.leaks(), []);
  });

fails("below a file", "file://DIR/file/log", "opening stdout DIR/file/log failed: not a directory");
fails("a directory", "file://DIR/dir", "opening stdout DIR/dir failed: is a directory");
fails("no path", "file://", "malformed stdio URI file://: no absolute path, as in file:///path");
fails("another host", "file://host/log", "malformed stdio URI file://host/log: no absolute path, as in file:///path");
fails("half an escape", "file:///a%", "malformed stdio URI file:///a%: percent-encoding that is no UTF-8");
fails("a NUL byte", "file:///a%00b", "malformed stdio URI file:///a%00b: a NUL byte");
