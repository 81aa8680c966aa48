import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, constants, existsSync, openSync, readdirSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Code } from "@dunnage/ttrpc";
import test from "ava";
import { sendDescriptors } from "../../_support/pty.ts";
import { numberedLines, StdioScene } from "../../_support/stdio-scene.ts";
import { TerminalProcess } from "../../_support/terminal-scene.ts";
import { until } from "../../_support/until.ts";

const crlf = (text: string): string => text.replaceAll("\n", "\r\n");

test.serial("TerminalIo – the console socket is private, and gone when the terminal was received", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ terminal: true, stdout: scene.fifo("out") });
  const socket = io.consoleSocket ?? "";
  t.is(statSync(socket).mode & 0o777, 0o600);
  t.is(statSync(dirname(socket)).mode & 0o777, 0o700);
  await using process = new TerminalProcess(io, "exit 3");
  t.false(existsSync(dirname(socket)));
  t.is(await process.ended(), 3);
});

test.serial("TerminalIo – output and exit – with the end of file after the last line", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ terminal: true, stdout: scene.fifo("out"), stderr: "/nowhere/at/all" });
  const client = scene.client("cat out");
  await using process = new TerminalProcess(io, "tty; echo err >&2; exit 7");
  t.is(await process.ended(), 7);
  t.true(await io.drained(60_000));
  await client.ended;
  t.is(client.text(), crlf(`${process.path}\nerr\n`));
});

test.serial("TerminalIo – 20 MB – arrive complete", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ terminal: true, stdout: scene.fifo("out") });
  const client = scene.client("sha256sum < out");
  const lines = 2_500_000;
  await using process = new TerminalProcess(io, `stty -opost; seq 1 ${lines}`);
  t.is(await process.ended(), 0);
  t.true(await io.drained(60_000));
  await client.ended;
  const expected = createHash("sha256").update(execFileSync("seq", ["1", `${lines}`], { maxBuffer: 1 << 26 }));
  t.is(client.text(), `${expected.digest("hex")}  -\n`);
});

test.serial("TerminalIo – a reader that is away – the process blocks, the next reader continues", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ terminal: true, stdout: scene.fifo("out") });
  await using process = new TerminalProcess(io, "stty -opost; seq 1 100000");
  const first = scene.client("head -c 100000 out");
  await first.ended;
  t.false(await io.drained(50));
  const second = scene.client("cat out");
  t.is(await process.ended(), 0);
  await second.ended;
  const all = numberedLines(100_000);
  t.is(first.text(), all.slice(0, 100_000));
  t.true(all.endsWith(second.text()));
  // head(1) may have read and dropped at most one buffer.
  t.true(all.length - first.text().length - second.text().length < 65_536);
});

test.serial("TerminalIo – a reader that comes after the exit – gets the last lines", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ terminal: true, stdout: scene.fifo("out") });
  await using process = new TerminalProcess(io, "seq 1 3");
  await process.ended();
  t.true(await io.drained(60_000));
  const client = scene.client("cat out");
  await client.ended;
  t.is(client.text(), crlf("1\n2\n3\n"));
});

test.serial("TerminalIo – input – echo, lines and Ctrl-C as on a terminal", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ terminal: true, stdin, stdout: scene.fifo("out") });
  const client = scene.client("cat out");
  await using process = new TerminalProcess(io, `trap 'echo interrupted; exit 9' INT; read line; echo "<$line>"; cat`);
  const input = openSync(stdin, constants.O_WRONLY);
  writeSync(input, "hello\n");
  await until(() => client.text() === crlf("hello\n<hello>\n"), "the answer");
  // The copy shows that cat is running. A Ctrl-C before the shell has started cat would reach only the shell.
  writeSync(input, "again\n");
  await until(() => client.text() === crlf("hello\n<hello>\nagain\nagain\n"), "the copy");
  writeSync(input, "\x03");
  t.is(await process.ended(), 9);
  closeSync(input);
  await client.ended;
  t.is(client.text(), crlf("hello\n<hello>\nagain\nagain\n^Cinterrupted\n"));
});

test.serial("TerminalIo – a client that goes away – is no end of input", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ terminal: true, stdin, stdout: scene.fifo("out") });
  const client = scene.client("cat out");
  await using process = new TerminalProcess(io, "stty -echo; echo ready; read a; read b; echo $a $b");
  await until(() => client.text() === "ready\r\n", "ready");
  for (const line of ["one\n", "two\n"]) {
    const input = openSync(stdin, constants.O_WRONLY);
    writeSync(input, line);
    closeSync(input);
  }
  t.is(await process.ended(), 0);
  await client.ended;
  t.is(client.text(), crlf("ready\none two\n"));
});

test.serial("TerminalIo – 4 MB of input – arrive while the process reads slowly", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ terminal: true, stdin, stdout: scene.fifo("out") });
  const client = scene.client("cat out");
  const sizeBytes = 4_000_000;
  await using process = new TerminalProcess(io, `stty raw -echo; echo ready; head -c ${sizeBytes} | sha256sum`);
  await until(() => client.text().startsWith("ready\n"), "ready");
  scene.client(`seq 1 1000000 | head -c ${sizeBytes} > in`);
  t.is(await process.ended(), 0);
  await client.ended;
  const expected = createHash("sha256").update(numberedLines(1_000_000).slice(0, sizeBytes)).digest("hex");
  t.is(client.text(), `ready\n${expected}  -\n`);
});

test.serial("TerminalIo – CloseIO – hangs up, when the clients are gone and the output is copied", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ terminal: true, stdin, stdout: scene.fifo("out") });
  const client = scene.client("cat out");
  const input = openSync(stdin, constants.O_RDWR | constants.O_NONBLOCK);
  await using process = new TerminalProcess(io, "trap 'exit 5' HUP; echo ready; while :; do sleep 0.1; done");
  await until(() => client.text() === "ready\r\n", "ready");
  io.closeStdin();
  t.false(await io.drained(20));
  closeSync(input);
  t.is(await process.ended(), 5);
  t.true(await io.drained(60_000));
  await client.ended;
});

test.serial("TerminalIo – resize – before and after the terminal is there", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ terminal: true, stdout: scene.fifo("out") });
  const client = scene.client("cat out");
  io.resize?.({ width: 132, height: 43 });
  // A runtime hands the terminal over before the program starts; here the program must wait for that itself.
  const arrived = 'until [ "$(stty size)" = "43 132" ]; do sleep 0.05; done';
  const script = `${arrived}; stty size; trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.1; done`;
  await using process = new TerminalProcess(io, script);
  await until(() => client.text() === crlf("43 132\nready\n"), "the first size");
  io.resize?.({ width: 80, height: 24 });
  t.is(await process.ended(), 0);
  await client.ended;
  t.is(client.text(), crlf("43 132\nready\n24 80\n"));
  io.close();
  t.notThrows(() => io.resize?.({ width: 1, height: 1 }));
});

test.serial("TerminalIo – a process that closes its terminal and opens it again – is heard", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ terminal: true, stdout: scene.fifo("out") });
  const client = scene.client("cat out");
  const script = 'path=$(tty); echo one; exec </dev/null >/dev/null 2>&1; sleep 0.5; echo two > "$path"; sleep 0.2';
  await using process = new TerminalProcess(io, script);
  t.is(await process.ended(), 0);
  await client.ended;
  t.is(client.text(), crlf("one\ntwo\n"));
});

test.serial("TerminalIo – no descriptor to read with for a while – the output arrives all the same", async (t) => {
  await using scene = new StdioScene();
  const { duplicate } = scene.libc;
  let failures = 0;
  scene.libc.duplicate = (fd) => {
    // The first call is the one at the start.
    if (failures++ > 0 && failures < 5) throw new Error("EMFILE: too many open files");
    return duplicate.call(scene.libc, fd);
  };
  const io = await scene.open({ terminal: true, stdout: scene.fifo("out") });
  const client = scene.client("cat out");
  const script = 'path=$(tty); echo one; exec </dev/null >/dev/null 2>&1; sleep 0.5; echo two > "$path"; sleep 0.2';
  await using process = new TerminalProcess(io, script);
  t.is(await process.ended(), 0);
  await client.ended;
  t.is(client.text(), crlf("one\ntwo\n"));
  t.true(failures > 4);
});

test.serial("TerminalIo – output that no client wants – does not block the process", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ terminal: true });
  await using process = new TerminalProcess(io, "seq 1 100000; exit 4");
  t.is(await process.ended(), 4);
  t.true(await io.drained(60_000));
});

test.serial("TerminalIo – a runtime that sends no terminal – is reported, and nothing is left", async (t) => {
  await using scene = new StdioScene();
  const expectation = (message: RegExp) => ({ code: Code.Unknown, message });
  const before = readdirSync(scene.dir.path);
  const silent = await scene.open({ terminal: true });
  t.throws(() => silent.handedOver(), expectation(/sent no terminal: it did not connect/));
  silent.close();
  const wrong = await scene.open({ terminal: true });
  const file = openSync("/dev/null", constants.O_RDWR);
  closeSync(sendDescriptors(wrong.consoleSocket ?? "", [file]));
  closeSync(file);
  t.throws(() => wrong.handedOver(), expectation(/descriptor that is no terminal/));
  wrong.close();
  const nothing = await scene.open({ terminal: true });
  closeSync(sendDescriptors(nothing.consoleSocket ?? "", []));
  t.throws(() => nothing.handedOver(), expectation(/sent no terminal: recvmsg: EBADMSG/));
  nothing.close();
  t.deepEqual(readdirSync(scene.dir.path), before);
});
