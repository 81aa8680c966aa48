import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { FifoLog } from "../../src/log/fifo-log.ts";
import { Fifo } from "../_support/fifo.ts";
import { TempDir } from "../_support/temp-dir.ts";

/** Makes bundles, each with a `log` FIFO that has a reader, and a logger that they are not attached to yet. */
function setUp(t: ExecutionContext, ids: readonly string[] = ["c1"], debug = false) {
  const dir = new TempDir();
  const log = new FifoLog({ debug });
  const fifos = ids.map((id) => {
    mkdirSync(dir.join(id));
    const fifo = new Fifo(dir.join(id, "log"));
    fifo.open();
    return fifo;
  });
  t.teardown(() => {
    log[Symbol.dispose]();
    for (const fifo of fifos) fifo.close();
    dir[Symbol.dispose]();
  });
  return { log, fifos: fifos as [Fifo, Fifo], bundle: (id: string) => dir.join(id), dir };
}

const messages = (text: string) => [...text.matchAll(/msg="([^"]*)"/g)].map(([, message]) => message);
const droppedIn = (text: string) =>
  [...text.matchAll(/count=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
const linesIn = (text: string) => text.split("\n").filter((line) => line !== "" && !line.includes("count=")).length;

test("FifoLog – routes by the field id – two containers", async (t) => {
  const { log, fifos, bundle } = setUp(t, ["c1", "c2"]);
  log.attach("c1", bundle("c1"));
  log.attach("c2", bundle("c2"));
  log.info("one", { id: "c1" });
  log.error("two", { id: "c2" });
  log.warn("daemon");
  log.with({ id: "c2" }).with({ pid: 3 }).info("three");
  await turn();
  t.deepEqual(messages(fifos[0].read()), ["one", "daemon"]);
  const second = fifos[1].read();
  t.deepEqual(messages(second), ["two", "three"]);
  t.regex(second, /level=error/);
  t.regex(second, /msg="three" id=c2 pid=3\n$/);
});

test("FifoLog – writes debug lines only if asked – -debug", async (t) => {
  for (const debug of [false, true]) {
    const { log, fifos, bundle } = setUp(t, ["c1"], debug);
    log.attach("c1", bundle("c1"));
    log.debug("call", { id: "c1" });
    log.with({ id: "c1" }).debug("call");
    await turn();
    t.is(messages(fifos[0].read()).length, debug ? 2 : 0);
  }
});

test("FifoLog – keeps what was said before the first container – attach comes later", async (t) => {
  const { log, fifos, bundle } = setUp(t);
  for (let i = 0; i < 1_000; i++) log.info(`early ${i}`);
  log.attach("c1", bundle("c1"));
  await turn();
  const lines = messages(fifos[0].read());
  t.is(lines.length, 256);
  t.is(lines[0], "early 0");
});

test("FifoLog – falls back to any bundle – the container is not attached, or not any more", async (t) => {
  const { log, fifos, bundle } = setUp(t, ["c1", "c2"]);
  log.attach("c1", bundle("c1"));
  log.attach("c2", bundle("c2"));
  log.info("last words", { id: "c1" });
  log.detach("c1");
  log.detach("c1");
  t.deepEqual(messages(fifos[0].read()), ["last words"]);
  log.info("late", { id: "c1" });
  await turn();
  t.deepEqual(messages(fifos[1].read()), ["late"]);
});

test("FifoLog – drops, counts and opens again – no reader for a while", async (t) => {
  const { log, fifos, bundle } = setUp(t);
  log.attach("c1", bundle("c1"));
  log.info("seen");
  await turn();
  t.deepEqual(messages(fifos[0].read()), ["seen"]);
  fifos[0].close(); // EPIPE
  log.info("lost");
  await turn();
  log.info("lost too"); // ENXIO
  await turn();
  fifos[0].open();
  log.info("back");
  await turn();
  const text = fifos[0].read();
  t.deepEqual(messages(text), ["log lines dropped", "back"]);
  t.regex(text, /count=2/);
});

test("FifoLog – never blocks, finishes the line it began, counts the rest – a reader that does not read", async (t) => {
  const { log, fifos, bundle } = setUp(t);
  log.attach("c1", bundle("c1"));
  let logged = 0;
  const fill = async () => {
    for (let i = 0; i < 60; i++) log.info(`${logged++} ${"x".repeat(3_000)}`);
    await turn();
  };
  await fill();
  await fill();
  let text = fifos[0].read();
  for (let i = 0; i < 20; i++) {
    log.info(`${logged++}`);
    await turn();
    text += fifos[0].read(3_001);
  }
  await turn();
  log.info(`${logged++}`);
  await turn();
  text += fifos[0].read();
  const lines = text.trimEnd().split("\n");
  t.true(lines.every((line) => /^time="[^"]+" level=(info|warning) msg="[^"]+"( count=\d+)?$/.test(line)));
  t.is(linesIn(text) + droppedIn(text), logged);
});

test("FifoLog – is bounded – thousands of lines in one turn", async (t) => {
  const { log, fifos, bundle } = setUp(t);
  log.attach("c1", bundle("c1"));
  for (let i = 0; i < 5_000; i++) log.info(`${i} ${"x".repeat(1_000)}`);
  await turn();
  let text = fifos[0].read();
  log.info("after");
  await turn();
  text += fifos[0].read();
  t.is(messages(text).at(-1), "after");
  t.is(linesIn(text) + droppedIn(text), 5_001);
});

test("FifoLog – swallows – no bundle, no FIFO, a link in its place", async (t) => {
  const { log, dir } = setUp(t);
  log.attach("gone", dir.join("gone"));
  log.info("x", { id: "gone" });
  await turn();
  mkdirSync(dir.join("gone"));
  const target = dir.join("target");
  writeFileSync(target, "");
  symlinkSync(target, dir.join("gone", "log"));
  log.info("x", { id: "gone" });
  await turn();
  t.is(readFileSync(target, "utf8"), "");
});

test("FifoLog – does not throw – hostile fields", async (t) => {
  const { log, fifos, bundle } = setUp(t);
  log.attach("c1", bundle("c1"));
  const hostile = {
    get id(): never {
      throw new Error("id");
    },
  };
  log.info("direct", hostile);
  log.with({ pid: 1 }).info("merged", hostile);
  await turn();
  t.deepEqual(messages(fifos[0].read()), ["direct", "merged"]);
});
