import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Code } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import type { ContainerRef, Runtime } from "../../src/runtime/runtime.ts";
import { openFakeRuntime } from "../_support/fake-oci-runtime.ts";
import { ShimProcess } from "../_support/shim-process.ts";
import { until } from "../_support/until.ts";

const shim = new ShimProcess();
const nul = openSync("/dev/null", "r+");
test.after.always(() => {
  closeSync(nul);
  shim[Symbol.dispose]();
});

const stdio = { stdin: nul, stdout: nul, stderr: nul };
const never = new AbortController().signal;
const create = (runtime: Runtime, container: ContainerRef, signal = never) =>
  runtime.create({ container, stdio }, signal);

test("create – the command line, the pid from its file, no log left", async (t) => {
  using fake = openFakeRuntime(shim, 'echo "$PATH" > "$dir/env"; printf 4711 > "$pidfile"', {
    createArgs: () => ["--own"],
  });
  t.deepEqual(await create(fake.runtime, fake.container), { pid: 4711 });
  const { id, bundle, options } = fake.container;
  t.is(
    readFileSync(fake.bundle.join("calls"), "utf8"),
    `--root ${options.root}/test --log ${bundle}/oci-create.1.json --log-format json create --bundle ${bundle} --pid-file ${bundle}/init.pid --own ${id}\n`,
  );
  t.deepEqual(fake.bundle.entries(), ["init.pid"]);
  t.is(statSync(`${bundle}/dunnage.lock`).mode & 0o777, 0o600);
});

test("create – no root in the options – the default's, with the namespace; systemd cgroups", async (t) => {
  using fake = openFakeRuntime(shim, 'printf 1 > "$pidfile"');
  const options = { ...fake.container.options, root: "", systemdCgroup: true };
  await create(fake.runtime, { ...fake.container, options });
  t.regex(readFileSync(fake.bundle.join("calls"), "utf8"), /^--root \/run\/fake\/test .* --systemd-cgroup create /);
});

const failures = [
  { title: "a logged error", script: 'fail "the cause"', message: "the cause" },
  {
    title: "warnings around it",
    script: `echo '{"level":"warning","msg":"w"}' >> "$log"; fail cause`,
    message: "cause",
  },
  { title: "no log record", script: "exit 3", message: /fake did not terminate successfully: exit status 3$/ },
  { title: "garbage in the log", script: 'echo "}{garbage\\"" > "$log"; exit 1', message: /exit status 1$/ },
  { title: "success without a pid file", script: "exit 0", message: /the runtime wrote no pid file/ },
  { title: "garbage in the pid file", script: 'echo garbage > "$pidfile"', message: /no pid in .*init.pid/ },
  { title: "death by a signal", script: "kill -SEGV $$", message: /signal: SIGSEGV$/ },
] as const;
for (const { title, script, message } of failures) {
  test(`create – ${title} – Unknown, with what is known`, async (t) => {
    using fake = openFakeRuntime(shim, script);
    const prefix = "OCI runtime create failed: ";
    const expected = typeof message === "string" ? prefix + message : new RegExp(`^${prefix}.*${message.source}`);
    await t.throwsAsync(create(fake.runtime, fake.container), { code: Code.Unknown, message: expected });
    t.deepEqual(
      fake.bundle.entries().filter((name) => name.startsWith("oci-")),
      [],
    );
  });
}

test("create – with a console socket – output is captured, so the error may come from stderr", async (t) => {
  using fake = openFakeRuntime(shim, "echo on stderr >&2; exit 1");
  const request = { container: fake.container, stdio, consoleSocket: "/run/x.sock" };
  await t.throwsAsync(fake.runtime.create(request, never), {
    code: Code.Unknown,
    message: /exit status 1: on stderr$/,
  });
  t.regex(readFileSync(fake.bundle.join("calls"), "utf8"), /--console-socket \/run\/x\.sock/);
});

test("create – an error of an earlier call – is not reported again", async (t) => {
  using fake = openFakeRuntime(shim, '[ -e "$dir/second" ] && exit 1; touch "$dir/second"; fail "old error"');
  await t.throwsAsync(create(fake.runtime, fake.container), { code: Code.Unknown, message: /old error/ });
  await t.throwsAsync(create(fake.runtime, fake.container), { code: Code.Unknown, message: /exit status 1$/ });
});

test("create – a log left by a daemon that died – is not read", async (t) => {
  using fake = openFakeRuntime(shim, "exit 1");
  writeFileSync(`${fake.bundle.path}/oci-create.1.json`, '{"level":"error","msg":"old error"}');
  await t.throwsAsync(create(fake.runtime, fake.container), { code: Code.Unknown, message: /exit status 1$/ });
});

test("create – executable missing – an error that names it, whatever the verb", async (t) => {
  using fake = openFakeRuntime(shim, "exit 0");
  for (const [binaryName, message] of [
    ["no-such-oci-runtime", /exec: "no-such-oci-runtime": executable file not found in \$PATH/],
    ["/no/such/runtime", /\/no\/such\/runtime/],
    ["/etc/passwd", /\/etc\/passwd/],
  ] as const) {
    const container = { ...fake.container, options: { ...fake.container.options, binaryName } };
    await t.throwsAsync(create(fake.runtime, container), { code: Code.Unknown, message });
    await t.throwsAsync(fake.runtime.start(container, never), { code: Code.Unknown, message });
    await t.throwsAsync(fake.runtime.kill(container, { signal: 9, all: false }, never), {
      code: Code.Unknown,
      message,
    });
    await t.throwsAsync(fake.runtime.delete(container, { force: true }, never), { code: Code.Unknown, message });
  }
});

test("kill – wording of the failure – decides the code, unless the runtime died", async (t) => {
  for (const [script, code, message] of [
    ["fail 'container not running'", Code.NotFound, "process already finished"],
    ["fail 'container does not exist'", Code.NotFound, "no such container"],
    ["fail 'something else'", Code.Unknown, "unknown error after kill: something else"],
    ["echo 'does not exist' >&2; kill -9 $$", Code.Unknown, /unknown error after kill: .*SIGKILL/],
  ] as const) {
    using fake = openFakeRuntime(shim, script);
    await t.throwsAsync(fake.runtime.kill(fake.container, { signal: 15, all: true }, never), { code, message });
    t.regex(readFileSync(fake.bundle.join("calls"), "utf8"), /kill --all \S+ 15\n$/);
  }
});

test("delete – the runtime knows no such container – fine; other failures are not", async (t) => {
  using absent = openFakeRuntime(shim, "fail 'container does not exist'");
  await t.notThrowsAsync(absent.runtime.delete(absent.container, { force: false }, never));
  using running = openFakeRuntime(shim, "fail 'not stopped'");
  const deleted = running.runtime.delete(running.container, { force: false }, never);
  await t.throwsAsync(deleted, { code: Code.Unknown, message: "failed to delete task: not stopped" });
});

test("delete – bundle gone – works without log and lock", async (t) => {
  using fake = openFakeRuntime(shim, '[ -z "$log" ]');
  rmSync(fake.bundle.path, { recursive: true });
  await t.notThrowsAsync(fake.runtime.delete(fake.container, { force: true }, never));
});

test("exec – process object in a private file for the time of the call, pid file stays", async (t) => {
  using fake = openFakeRuntime(
    shim,
    'stat -c %a "$process" > "$dir/seen"; cat "$process" >> "$dir/seen"; printf 99 > "$pidfile"',
  );
  const request = { container: fake.container, execId: "e1", process: { args: ["true"] }, stdio };
  t.deepEqual(await fake.runtime.exec(request, never), { pid: 99 });
  t.is(readFileSync(fake.bundle.join("seen"), "utf8"), '600\n{"args":["true"]}');
  t.deepEqual(fake.bundle.entries(), ["exec-e1.pid"]);
  t.regex(readFileSync(fake.bundle.join("calls"), "utf8"), / exec --process \S+ --detach --pid-file \S+e1\.pid \S+\n$/);
});

test("exec – fails – its own words, nothing left", async (t) => {
  using fake = openFakeRuntime(shim, "fail 'no such program'");
  const request = { container: fake.container, execId: "e1", process: {}, stdio };
  await t.throwsAsync(fake.runtime.exec(request, never), {
    code: Code.Unknown,
    message: "OCI runtime exec failed: no such program",
  });
  t.deepEqual(fake.bundle.entries(), []);
});

const pidsOf = async ({ runtime, container }: ReturnType<typeof openFakeRuntime>) => runtime.pids?.(container, never);

test("pids – what the dialect makes of the output; garbage is an error", async (t) => {
  using fake = openFakeRuntime(shim, 'echo "[1, 2]"');
  t.deepEqual(await fake.runtime.pids?.(fake.container, never), [1, 2]);
  using broken = openFakeRuntime(shim, 'echo "PID USER"');
  await t.throwsAsync(pidsOf(broken), { code: Code.Unknown, message: /^OCI runtime ps failed: / });
  using without = openFakeRuntime(shim, "exit 0", { parsePids: undefined });
  t.is(without.runtime.pids, undefined, "absent, so that core knows");
});

test("start, pause, resume – the verb, its prefix", async (t) => {
  using fake = openFakeRuntime(shim, 'fail "no $verb today"');
  for (const verb of ["start", "pause", "resume"] as const) {
    const message = `OCI runtime ${verb} failed: no ${verb} today`;
    await t.throwsAsync(fake.runtime[verb](fake.container, never), { code: Code.Unknown, message });
  }
});

test("parallel calls – a log each", async (t) => {
  using fake = openFakeRuntime(shim, 'case $verb in kill) sleep 0.2; fail "of kill" ;; *) fail "of $verb" ;; esac');
  const results = await Promise.allSettled([
    fake.runtime.kill(fake.container, { signal: 9, all: false }, never),
    fake.runtime.start(fake.container, never),
    pidsOf(fake),
  ]);
  const texts = results.map((result) => (result.status === "rejected" ? result.reason.message : ""));
  t.deepEqual(
    texts.map((text) => text.split(": ").at(-1)),
    ["of kill", "of start", "of ps"],
  );
});

const hangingCreate = `
case $verb in
  create) setsid sh -c 'echo $$ > "$0/orphan"; sleep 1000' "$dir" & touch "$dir/hangs"; sleep 1000 ;;
  state) [ -e "$dir/other" ] && echo '{"bundle":"/elsewhere"}' || fail "container does not exist" ;;
esac`;

async function abortCreate(fake: ReturnType<typeof openFakeRuntime>, t: ExecutionContext): Promise<number> {
  const controller = new AbortController();
  const creating = create(fake.runtime, fake.container, controller.signal);
  await until(() => existsSync(fake.bundle.join("orphan")) && existsSync(fake.bundle.join("hangs")));
  controller.abort(new Error("client went away"));
  await t.throwsAsync(creating, { message: "client went away" });
  return Number(readFileSync(fake.bundle.join("orphan"), "utf8"));
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/exe`);

test("create – aborted – the command and what it had started are ended, the container is deleted by force", async (t) => {
  using fake = openFakeRuntime(shim, hangingCreate);
  const orphan = await abortCreate(fake, t);
  t.true(orphan > 0);
  t.false(isAlive(orphan));
  t.regex(readFileSync(fake.bundle.join("calls"), "utf8"), / delete --force \S+\n$/);
});

test("create – aborted while another bundle has that id – that container is left alone", async (t) => {
  using fake = openFakeRuntime(shim, hangingCreate);
  writeFileSync(fake.bundle.join("other"), "");
  await abortCreate(fake, t);
  t.notRegex(readFileSync(fake.bundle.join("calls"), "utf8"), / delete /);
});

test("create – failed of its own accord – nothing is deleted, the id may be another's", async (t) => {
  using fake = openFakeRuntime(shim, "fail 'container with given ID already exists'");
  await t.throwsAsync(create(fake.runtime, fake.container), { code: Code.Unknown, message: /already exists$/ });
  t.is(readFileSync(fake.bundle.join("calls"), "utf8").split("\n").length, 2);
});

test("any call – aborted before it began – runs nothing", async (t) => {
  using fake = openFakeRuntime(shim, "exit 0");
  await t.throwsAsync(fake.runtime.start(fake.container, AbortSignal.abort(new Error("too late"))), {
    message: "too late",
  });
  t.false(existsSync(fake.bundle.join("calls")));
});

test("features – the runtime's JSON – undefined if it fails or prints something else", async (t) => {
  using good = openFakeRuntime(shim, `echo '{"ociVersionMax":"1.2.0"}'`);
  t.deepEqual(JSON.parse((await good.runtime.features(good.container.options, never)) ?? ""), {
    ociVersionMax: "1.2.0",
  });
  for (const script of ["exit 1", "echo usage", "echo '[]'"]) {
    using other = openFakeRuntime(shim, script);
    t.is(await other.runtime.features(other.container.options, never), undefined, script);
  }
});
