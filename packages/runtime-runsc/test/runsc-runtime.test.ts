import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code, StatusError } from "@dunnage/core";
import test from "ava";
import { FakeRunsc } from "./_support/fake-runsc.ts";

const { signal } = new AbortController();
const stdio = { stdin: 0, stdout: 1, stderr: 2 };

test("create – a sandbox of its own – under a name that no other begins with", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.container("app");
  t.deepEqual(await runsc.runtime.create({ container, stdio }, signal), { pid: 123, sandbox: "own" });
  t.deepEqual(runsc.lines, ["create --bundle ~/app --pid-file ~/app/init.pid app__"]);
  t.true(runsc.calls[0]?.hasStdio);
  t.is(await runsc.runtime.wait(container, signal), undefined);
});

test("create – a pod's sandbox, and a container of 64 digits – under their own names", async (t) => {
  using runsc = new FakeRunsc();
  const sandbox = runsc.container("pod", { "io.kubernetes.cri.container-type": "sandbox" });
  t.like(await runsc.runtime.create({ container: sandbox, stdio }, signal), { sandbox: "own" });
  const id = "0123456789abcdef".repeat(4);
  await runsc.runtime.create({ container: runsc.container(id), stdio }, signal);
  t.deepEqual(
    runsc.calls.map(({ words }) => words.at(-1)),
    ["pod", id],
  );
});

test("create – a member of a pod – its stdio waits for start", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.member("one");
  const created = await runsc.runtime.create({ container, stdio }, signal);
  t.deepEqual(created, { pid: 123, sandbox: "shared", stdioAtStart: true });
  t.false(runsc.calls[0]?.hasStdio);
  await runsc.runtime.start(container, signal, stdio);
  t.true(runsc.calls[1]?.hasStdio);
});

test("create – an id that runsc knows – is refused before runsc can destroy it", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.container("app");
  mkdirSync(join(runsc.dir, "ns"));
  writeFileSync(join(runsc.dir, "ns/app-2___sandbox:app-2__.state"), "");
  await runsc.runtime.create({ container, stdio }, signal);
  writeFileSync(join(runsc.dir, "ns/app___sandbox:app__.state"), "");
  const refused = runsc.runtime.create({ container, stdio }, signal);
  await t.throwsAsync(refused, { instanceOf: StatusError, code: Code.AlreadyExists, message: /^container app: / });
  t.is(runsc.calls.length, 1);
});

test("create – a failure – leaves no lock", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.container("app");
  const lock = join(runsc.dir, "ns/app___sandbox:app__.lock");
  runsc.answers.set("create", () => {
    mkdirSync(join(runsc.dir, "ns"));
    writeFileSync(lock, "");
    return { error: "no rootfs" };
  });
  await t.throwsAsync(runsc.runtime.create({ container, stdio }, signal), { message: /no rootfs/ });
  t.false(existsSync(lock));
});

test("flags – of the configuration, then of the container – on every call", async (t) => {
  using runsc = new FakeRunsc({ platform: "ptrace", network: "none" });
  const own = { platform: "kvm", "debug-log": "/log/%ID%/" };
  const container = runsc.container("app", {}, { own });
  await runsc.runtime.create({ container, stdio }, signal);
  await runsc.runtime.pause(container, signal);
  for (const flags of runsc.flags) {
    t.deepEqual(flags.slice(-3), ["--platform=kvm", "--network=none", "--debug-log=/log/app__/"]);
  }
});

test("wait – a member – its exit, as the sandbox tells it", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.member("one");
  runsc.answers.set("wait", { stdout: '{"id":"one","exitStatus":7}\n' });
  t.deepEqual(await runsc.runtime.wait(container, signal), { exitStatus: 7 });
  runsc.answers.set("wait", { error: "sandbox is not running" });
  await t.throwsAsync(runsc.runtime.wait(container, signal), { message: /wait failed: sandbox is not running/ });
});

test("wait – a member – continues when the command is killed", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.member("one");
  const answers = [{ exitStatus: 137 }, { stdout: '{"id":"one","exitStatus":3}' }];
  runsc.answers.set("wait", () => answers.shift() ?? {});
  t.deepEqual(await runsc.runtime.wait(container, signal), { exitStatus: 3 });
});

test("wait – a member – continues when the command cannot be started for a while", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.member("one");
  let failures = 0;
  runsc.answers.set("wait", () => {
    if (failures++ === 0) throw new Error("EMFILE: too many open files");
    return { stdout: '{"id":"one","exitStatus":3}' };
  });
  t.deepEqual(await runsc.runtime.wait(container, signal), { exitStatus: 3 });
  t.is(failures, 2);
});

test("wait – a member – begins with its start; one that is deleted before has been killed", async (t) => {
  using runsc = new FakeRunsc();
  runsc.answers.set("wait", { stdout: '{"id":"one","exitStatus":3}' });
  const [one, two] = [runsc.member("one"), runsc.member("two")];
  for (const container of [one, two]) await runsc.runtime.create({ container, stdio }, signal);
  const waits = Promise.all([one, two].map((container) => runsc.runtime.wait(container, signal)));
  await runsc.runtime.start(one, signal, stdio);
  await runsc.runtime.delete(two, { force: false }, signal);
  t.deepEqual(await waits, [{ exitStatus: 3 }, { exitStatus: 137 }]);
  t.deepEqual(runsc.lines.slice(2).toSorted(), ["delete two", "start one", "wait one"]);
});

test("kill – SIGKILL before the start – deletes; other signals are refused", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.container("app");
  runsc.answers.set("kill", { error: 'cannot signal container "app__" in state created' });
  await t.throwsAsync(runsc.runtime.kill(container, { signal: 15, all: false }, signal), { message: /state created/ });
  await runsc.runtime.kill(container, { signal: 9, all: false }, signal);
  t.deepEqual(runsc.lines.slice(1), ["kill app__ 9", "delete --force app__"]);
});

test("kill – SIGKILL of a paused container – after its resume", async (t) => {
  using runsc = new FakeRunsc();
  let isPaused = true;
  runsc.answers.set("kill", () => (isPaused ? { error: 'cannot signal container "app__" in state paused' } : {}));
  runsc.answers.set("resume", () => {
    isPaused = false;
    return {};
  });
  await runsc.runtime.kill(runsc.container("app"), { signal: 9, all: false }, signal);
  t.deepEqual(runsc.lines, ["kill app__ 9", "resume app__", "kill app__ 9"]);
});

test("kill – of all processes – succeeds when there is none", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.container("app");
  runsc.answers.set("kill", { error: "sandbox is not running" });
  await runsc.runtime.kill(container, { signal: 9, all: true }, signal);
  const alone = runsc.runtime.kill(container, { signal: 9, all: false }, signal);
  await t.throwsAsync(alone, { instanceOf: StatusError, code: Code.NotFound });
});

test("kill – signal 0 – asks for the state", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.container("app");
  runsc.answers.set("state", { stdout: '{"status": "running"}' });
  await runsc.runtime.kill(container, { signal: 0, all: false }, signal);
  runsc.answers.set("state", { stdout: '{"status": "stopped"}' });
  const gone = runsc.runtime.kill(container, { signal: 0, all: false }, signal);
  await t.throwsAsync(gone, { instanceOf: StatusError, code: Code.NotFound });
});

const request = (runsc: FakeRunsc) => ({
  container: runsc.container("app"),
  execId: "e",
  process: { args: ["true"] },
  stdio,
});

/** Acts as a command that runs as long as the process in the sandbox. */
function running(words: readonly string[]): Promise<never> {
  const file = (flag: string) => words.find((word) => word.startsWith(flag))?.slice(flag.length) ?? "";
  writeFileSync(file("--internal-pid-file="), "7");
  writeFileSync(file("--pid-file="), "456");
  return new Promise(() => {});
}

test("exec – both pids – as soon as the process runs, while the command runs on", async (t) => {
  using runsc = new FakeRunsc();
  let process = "";
  runsc.answers.set("exec", (words) => {
    process = readFileSync(words[1]?.slice("--process=".length) ?? "", "utf8");
    return running(words);
  });
  t.deepEqual(await runsc.runtime.exec(request(runsc), signal), { pid: 456, internalPid: 7 });
  t.is(process, '{"args":["true"]}');
  t.deepEqual(runsc.lines, [
    "exec --process=~/app/exec-e-process.json --pid-file=~/app/exec-e.pid --internal-pid-file=~/app/internal-e.pid app__",
  ]);
});

test("exec – the message – a command that ends without a process", async (t) => {
  using runsc = new FakeRunsc();
  runsc.answers.set("exec", { error: 'error finding executable "nope" in PATH [/bin]' });
  await t.throwsAsync(runsc.runtime.exec(request(runsc), signal), {
    message: 'OCI runtime exec failed: error finding executable "nope" in PATH [/bin]',
  });
});

test("killExec – by the pid in the sandbox – NotFound when it has ended", async (t) => {
  using runsc = new FakeRunsc();
  runsc.answers.set("exec", running);
  const { container, ...rest } = request(runsc);
  await runsc.runtime.exec({ container, ...rest }, signal);
  await runsc.runtime.killExec(container, { execId: "e", signal: 15 }, signal);
  t.is(runsc.lines.at(-1), "kill --pid=7 app__ 15");
  runsc.answers.set("kill", { error: "failed to signal pid 7: no such process with PID 7" });
  const over = runsc.runtime.killExec(container, { execId: "e", signal: 15 }, signal);
  await t.throwsAsync(over, { instanceOf: StatusError, code: Code.NotFound });
});

const events =
  '{"type":"stats","id":"x","data":{"cpu":{"usage":{"total":5}},"memory":{"usage":{"usage":6}},"pids":{"current":2}}}';

test("stats – of a sandbox its processes, of a member everything – the cgroup is the sandbox's", async (t) => {
  using runsc = new FakeRunsc();
  runsc.answers.set("events", { stdout: events });
  t.deepEqual(await runsc.runtime.stats(runsc.container("app"), signal), { pids: 2 });
  const all = { cpuNs: 5, memoryBytes: 6, pids: 2 };
  t.deepEqual(await runsc.runtime.stats(runsc.member("one"), signal), all);
  const own = { "ignore-cgroups": "true" };
  t.deepEqual(await runsc.runtime.stats(runsc.container("free", {}, { own }), signal), all);
});

test("delete – what runsc does not know any more – succeeds, and takes the sandbox's socket and lock away", async (t) => {
  using runsc = new FakeRunsc();
  mkdirSync(join(runsc.dir, "ns"));
  const left = ["runsc-app__.sock", "app___sandbox:app__.lock"].map((name) => join(runsc.dir, "ns", name));
  for (const path of left) writeFileSync(path, "");
  runsc.answers.set("delete", { error: 'loading container "app__": file does not exist' });
  await runsc.runtime.delete(runsc.container("app"), { force: false }, signal);
  for (const path of left) t.false(existsSync(path));
});

test("resume – of a sandbox that has ended while it was paused – succeeds", async (t) => {
  using runsc = new FakeRunsc();
  runsc.answers.set("resume", { error: 'cannot resume container "app__" in state stopped' });
  await runsc.runtime.resume(runsc.container("app"), signal);
  runsc.answers.set("resume", { error: "connection refused" });
  await t.throwsAsync(runsc.runtime.resume(runsc.container("app"), signal), { message: /connection refused/ });
});

const checkpoint = {
  imagePath: "/image",
  workPath: "",
  exit: true,
  openTcp: false,
  externalUnixSockets: false,
  terminal: false,
  fileLocks: false,
  emptyNamespaces: [],
  cgroupsMode: "",
  parentPath: "",
};

test("checkpoint – a version that would replace the sandbox – is refused unless the container is to end", async (t) => {
  using runsc = new FakeRunsc();
  const container = runsc.container("app");
  runsc.answers.set("--version", { stdout: "runsc version 0.0~20221219.0\nspec: 1.0.2-dev\n" });
  await runsc.runtime.checkpoint(container, checkpoint, signal);
  const onward = runsc.runtime.checkpoint(container, { ...checkpoint, exit: false }, signal);
  await t.throwsAsync(onward, { instanceOf: StatusError, code: Code.Unimplemented });
  t.deepEqual(runsc.lines.slice(0, 1), ["checkpoint --image-path=/image app__"]);
});

test("checkpoint and restore – of a pod's member, or on another checkpoint – are refused", async (t) => {
  using runsc = new FakeRunsc();
  const member = runsc.member("one");
  const refused = [
    runsc.runtime.checkpoint(member, checkpoint, signal),
    runsc.runtime.restore({ container: member, stdio, imagePath: "/image", parentPath: "" }, signal),
    runsc.runtime.checkpoint(runsc.container("app"), { ...checkpoint, parentPath: "earlier" }, signal),
  ];
  for (const each of refused) await t.throwsAsync(each, { instanceOf: StatusError, code: Code.Unimplemented });
  t.deepEqual(runsc.calls, []);
});

test("restore – a failure – leaves nothing, and says why", async (t) => {
  using runsc = new FakeRunsc();
  runsc.answers.set("restore", { error: "no image" });
  const request = { container: runsc.container("app"), stdio, imagePath: "/image", parentPath: "" };
  await t.throwsAsync(runsc.runtime.restore(request, signal), { message: "OCI runtime restore failed: no image" });
  t.deepEqual(runsc.lines, [
    "restore --bundle=~/app --image-path=/image --detach --pid-file=~/app/init.pid app__",
    "delete --force app__",
  ]);
});
