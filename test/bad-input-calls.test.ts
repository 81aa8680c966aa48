import { execFileSync } from "node:child_process";
import test from "ava";
import { Code } from "../packages/ttrpc/src/index.ts";
import { BadInputScene, processWith } from "./_support/bad-input-scene.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";

checkLeaks(test);

// containerd's own shim leaves most of this to runc, or to chance.
const beyondReference = isReference ? test.serial.skip : test.serial;

let scene: BadInputScene;
test.before(async () => {
  scene = await BadInputScene.start();
});
test.after.always(() => scene[Symbol.asyncDispose]());

const { InvalidArgument, Unknown, NotFound, Internal } = Code;
const long = "a".repeat(1000);
const deep = `{"x":${"[".repeat(1_500_000)}${"]".repeat(1_500_000)}}`;
const garbage = Buffer.alloc(100, 0xff);

type CallRow = readonly [what: string, call: (s: BadInputScene) => Promise<unknown>, code: Code, message: RegExp];

const id = "subject";
const absent = /^container not created: not found$/;
const calls: readonly CallRow[] = [
  ["Start – no id", ({ client }) => client.start({}), NotFound, absent],
  [
    "Start – an exec of 1,000 characters",
    ({ client }) => client.start({ id, exec_id: long }),
    NotFound,
    /^process does/,
  ],
  ["State – an id with a NUL", ({ client }) => client.state({ id: "subject\0" }), NotFound, absent],
  [
    "State – bytes that are no request",
    ({ client }) => client.call("State", garbage),
    Internal,
    /unmarshalling payload/,
  ],
  [
    "State – an id that is no UTF-8",
    ({ client }) => client.call("State", Buffer.from("\x0a\x02\xff\xfe", "latin1")),
    Internal,
    /utf-8/,
  ],
  [
    "Create – a request that is cut off",
    ({ client }) => client.call("Create", Buffer.from("\x0a\x7fa")),
    Internal,
    /unmar/,
  ],
  ["Wait – an id that is a path", ({ client }) => client.wait({ id: "../subject" }), NotFound, absent],
  ["Pids – no id", ({ client }) => client.pids({}), NotFound, absent],
  ["Stats – an id with a newline", ({ client }) => client.stats({ id: "subject\n" }), NotFound, absent],
  ["Kill – no id", ({ client }) => client.kill({ signal: 9 }), NotFound, absent],
  ["Kill – signal 65", ({ client }) => client.kill({ id, signal: 65 }), InvalidArgument, /^unknown signal 65$/],
  [
    "Kill – the largest signal",
    ({ client }) => client.kill({ id, signal: 2 ** 32 - 1 }),
    InvalidArgument,
    /4294967295$/,
  ],
  ["Kill – an exec that climbs", ({ client }) => client.kill({ id, exec_id: "..", signal: 9 }), NotFound, /exist \.\./],
  ["Delete – no id", ({ client }) => client.delete({}), NotFound, absent],
  [
    "Delete – an exec that is a path",
    ({ client }) => client.delete({ id, exec_id: "/" }),
    NotFound,
    /^process does not/,
  ],
  ["ResizePty – no id", ({ client }) => client.resizePty({ width: 1 }), NotFound, absent],
  ["CloseIO – no id", ({ client }) => client.closeIo({ stdin: true }), NotFound, absent],
  ["Pause – no id", ({ client }) => client.pause({}), NotFound, absent],
  ["Resume – no id", ({ client }) => client.resume({}), NotFound, absent],
  ["Update – no id", ({ client }) => client.update({}), NotFound, absent],
  ["Update – no resources", ({ client }) => client.update({ id }), InvalidArgument, /^resources of subject: no JSON: /],
  ["Update – garbage", (s) => s.update(garbage), InvalidArgument, /^resources of subject: no JSON: /],
  ["Update – a list", (s) => s.update("[]"), InvalidArgument, /^resources of subject: no JSON object$/],
  ["Update – too deep", (s) => s.update(deep), InvalidArgument, /^resources of subject: nested deeper than 10000$/],
  ["Update – the wrong types", (s) => s.update('{"memory":"x"}'), Unknown, /^OCI runtime update failed: .*memory/],
  ["Update – more pids than numbers", (s) => s.update('{"pids":{"limit":1e40}}'), Unknown, /update failed: .*1e\+40/],
  ["Exec – no id", ({ client }) => client.exec({ exec_id: "e" }), NotFound, absent],
  ["Exec – no exec id", ({ client }) => client.exec({ id }), InvalidArgument, /^exec id is empty$/],
  [
    "Exec – an exec id of 1,000 characters",
    ({ client }) => client.exec({ id, exec_id: long }),
    InvalidArgument,
    /1000 ch/,
  ],
  [
    "Exec – an exec id that is a path",
    ({ client }) => client.exec({ id, exec_id: "a/b" }),
    InvalidArgument,
    /"a\/b" does/,
  ],
  [
    "Exec – an exec id that climbs",
    ({ client }) => client.exec({ id, exec_id: ".." }),
    InvalidArgument,
    /"\.\." does not/,
  ],
  [
    "Exec – an exec id with a NUL",
    ({ client }) => client.exec({ id, exec_id: "a\0" }),
    InvalidArgument,
    /u0000" does not/,
  ],
  [
    "Exec – no process",
    ({ client }) => client.exec({ id, exec_id: "e" }),
    InvalidArgument,
    /^process of exec e: no JSON: /,
  ],
  ["Exec – a list", (s) => s.exec([]), InvalidArgument, /^process of exec e: no JSON object$/],
  ["Exec – too deep", (s) => s.exec(deep), InvalidArgument, /^process of exec e: nested deeper than 10000$/],
  ["Exec – says nothing", (s) => s.exec({}), Unknown, /^OCI runtime exec failed: .*Cwd property must not be empty/],
  ["Exec – the wrong types", (s) => s.exec(processWith({ args: "x" })), Unknown, /exec failed: .*Process\.args/],
  ["Exec – a negative user", (s) => s.exec(processWith({ user: { uid: -1 } })), Unknown, /cannot unmarshal number -1/],
  [
    "Exec – a command of 3 MB",
    (s) => s.exec(processWith({ args: [long.repeat(3000)] })),
    Unknown,
    /^OCI runtime exec fai/,
  ],
];

for (const [what, call, code, message] of calls) {
  beyondReference(`${what} – refused, nothing leaked, the neighbour runs on`, (t) =>
    scene.check(t, () => call(scene), { code, message }),
  );
}

beyondReference("Exec – an exec id that is a word of the shim's own – runs, and init's pid file stays", async (t) => {
  const files = (): readonly string[] => execFileSync("ls", [scene.subject.bundle], { encoding: "utf8" }).split("\n");
  const before = files();
  t.true(before.includes("init.pid"));
  await scene.runExec("init", ["/bin/true"]);
  t.deepEqual(files(), before);
});

test.serial("ResizePty, Shutdown, Connect – absurd but harmless – succeed", async (t) => {
  const { client } = scene;
  await client.resizePty({ id, width: 2 ** 32 - 1, height: 2 ** 32 - 1 });
  const { shim_pid: pid } = await client.connect({ id: long });
  t.true(pid > 0);
  if (!isReference) await client.shutdown({ id: long, now: true });
  t.is((await client.connect({})).shim_pid, pid);
});

test.serial("neighbour – after all of this – execs run in it", async (t) => {
  t.is(await scene.runExec("after", ["/bin/sh", "-c", "exit 7"], scene.neighbour), 7);
});
