import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { toOciSpec } from "./_support/bundle.ts";
import { runCommand } from "./_support/command.ts";
import { Dunnage } from "./_support/dunnage.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive } from "./_support/proc.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

let dunnage: Dunnage;
test.before(() => {
  dunnage = new Dunnage();
});
test.after.always(async () => {
  await dunnage[Symbol.asyncDispose]();
});

const sh = (script: string): readonly string[] => ["/bin/sh", "-c", script];

test.serial("run – hands on output, error output and exit status – attached", async (t) => {
  const bundle = dunnage.bundle("output", sh("echo out; echo err >&2; exit 7"));
  t.like(await dunnage.call(["run", "--rm", bundle]), { status: 7, stdout: "out\n", stderr: "err\n" });
  t.deepEqual(await dunnage.ps(), []);
});

test.serial("run – hands on every byte of much output, in order", async (t) => {
  const bundle = dunnage.bundle("much", sh("seq 1 300000"));
  const { status, stdout } = await dunnage.call(["run", "--rm", bundle]);
  t.is(status, 0);
  t.is(stdout, Array.from({ length: 300_000 }, (_, i) => `${i + 1}\n`).join(""));
});

test.serial("run – gives our input to the container, and its end – -i", async (t) => {
  const bundle = dunnage.bundle("cat", ["/bin/cat"]);
  const input = "0123456789".repeat(50_000);
  const { status, stdout } = await dunnage.call(["run", "--rm", "-i", bundle], { input });
  t.is(status, 0);
  t.is(stdout, input);
});

test.serial("run – keeps our input from the container – without -i", async (t) => {
  const bundle = dunnage.bundle("no-input", ["/bin/cat"]);
  t.like(await dunnage.call(["run", "--rm", bundle], { input: "secret" }), { status: 0, stdout: "" });
});

test.serial("run – keeps state, output and exit status until rm – without --rm", async (t) => {
  const bundle = dunnage.bundle("kept", sh("echo out; echo err >&2; exit 9"));
  t.is((await dunnage.call(["run", "--id", "kept", bundle])).status, 9);
  t.like(await dunnage.find("kept"), { status: "exited", exitStatus: 9, pid: 0 });
  t.like(await dunnage.call(["logs", "kept"]), { status: 0, stdout: "out\n", stderr: "err\n" });
  t.like(await dunnage.call(["logs", "--stderr", "kept"]), { stdout: "", stderr: "err\n" });
  const { directory } = await dunnage.find("kept");
  t.notRegex(readFileSync(join(directory, "log"), "utf8"), /level=(warning|error)/); // no client of events: not logged
  await dunnage.ok("rm", "kept");
  t.false(existsSync(directory));
});

test.serial("run – writes pid and exit status where its options say – attached and detached", async (t) => {
  const [pidFile, exitFile] = [join(dunnage.dir, "pid"), join(dunnage.dir, "status")];
  const files = ["--pid-file", pidFile, "--exit-file", exitFile];
  writeFileSync(exitFile, "stale");
  const bundle = dunnage.bundle("files", sh("sleep 1000"));
  await dunnage.ok("run", "-d", "--id", "files", ...files, bundle);
  t.false(existsSync(exitFile));
  const { pid } = await dunnage.find("files");
  t.is(readFileSync(pidFile, "utf8"), String(pid));
  await dunnage.ok("kill", "--signal", "KILL", "files");
  await until(() => existsSync(exitFile) && readFileSync(exitFile, "utf8") === "137", "the shim writes it");
  t.like(await dunnage.find("files"), { status: "exited", exitStatus: 137 });
  await dunnage.ok("rm", "files");
  t.is((await dunnage.call(["run", "--rm", ...files, dunnage.bundle("four", sh("exit 4"))])).status, 4);
  t.is(readFileSync(exitFile, "utf8"), "4");
});

test.serial("run – passes signals on, and ends as the container does", async (t) => {
  const bundle = dunnage.bundle(
    "trap",
    sh("trap 'echo term; exit 3' TERM; trap 'echo usr1' USR1; echo ready; while :; do sleep 0.1; done"),
  );
  using process = dunnage.start("run", "--rm", bundle);
  await process.shows("ready");
  process.child.kill("SIGUSR1");
  await process.shows("usr1");
  process.child.kill("SIGTERM");
  t.is(await process.ended, 3);
  t.is(process.stdout, "ready\nusr1\nterm\n");
});

test.serial("run – ends with 128 and the signal's number – container killed by a signal", async (t) => {
  using process = dunnage.start("run", "--id", "killed", dunnage.bundle("killed", sh("echo ready; sleep 1000")));
  await process.shows("ready");
  await dunnage.ok("kill", "-s", "9", "killed");
  t.is(await process.ended, 137);
  await dunnage.ok("rm", "killed");
});

test.serial("run – prints the id and leaves – -d", async (t) => {
  const bundle = dunnage.bundle("detached", ["/bin/sleep", "1000"]);
  const id = (await dunnage.ok("run", "-d", bundle)).trim();
  const { pid, status } = await dunnage.find(id);
  t.is(status, "running");
  t.true(isAlive(pid));
  t.regex((await dunnage.call(["rm", id])).stderr, new RegExp(`^dunnage rm: container ${id} is running: .*--force\n$`));
  await dunnage.ok("rm", "-f", id);
  t.false(isAlive(pid));
  t.is(await dunnage.ok("ps", "-q"), "");
  t.like(JSON.parse(await dunnage.ok("run", "-d", "--json", "--id", "json", bundle)), { id: "json" });
  await dunnage.ok("rm", "-f", "json");
});

test.serial("run – leaves the bundle as it is, and finds what it names relatively", async (t) => {
  const bundle = join(dunnage.dir, "bundles/relative");
  mkdirSync(join(bundle, "data"), { recursive: true });
  writeFileSync(join(bundle, "data/file"), "from the bundle\n");
  const spec = toOciSpec(["/bin/cat", "/dev/data/file"], { root: "../../rootfs" }) as { mounts: object[] };
  const bind = { destination: "/dev/data", type: "none", source: "data", options: ["rbind", "ro"] };
  t.true(existsSync(dunnage.rootfs));
  dunnage.bundleOf("relative", { ...spec, mounts: [...spec.mounts, bind] });
  const before = readFileSync(join(bundle, "config.json"), "utf8");
  t.like(await dunnage.call(["run", "--rm", bundle]), { status: 0, stdout: "from the bundle\n" });
  t.is(readFileSync(join(bundle, "config.json"), "utf8"), before);
  t.deepEqual(readdirSync(bundle).sort(), ["config.json", "data", "rootfs"]);
});

test.serial("run – ends, and its container with it – no process reads its output any more, --rm", async (t) => {
  const bundle = dunnage.bundle("yes", ["/bin/yes"]);
  const words = dunnage.args(["run", "--rm", bundle]).join(" ");
  const script = `{ dunnage ${words}; echo "status $?" >&2; } | head -n 2`;
  const { stdout, stderr } = await runCommand("sh", ["-c", script], { env: dunnage.env });
  t.deepEqual({ stdout, stderr }, { stdout: "y\ny\n", stderr: "status 141\n" });
  t.deepEqual(await dunnage.ps(), []);
});

test.serial("run – starts no daemon for a second container of the same namespace", async (t) => {
  const [first, second] = [
    await dunnage.runDetached("one", ["/bin/sleep", "1000"]),
    await dunnage.runDetached("two", ["/bin/sleep", "1000"]),
  ];
  t.is(dunnage.daemonOf(first), dunnage.daemonOf(second));
  await dunnage.ok("rm", "-f", "one", "two");
});

test.serial("run – tells what is wrong in one line, exit status 125 – bad input", async (t) => {
  const good = dunnage.bundle("good", ["/bin/true"]);
  const bundles = join(dunnage.dir, "bundles");
  for (const [name, config] of [["empty"], ["no-json", "{"], ["array", "[]"], ["no-args", "{}"]] as const) {
    mkdirSync(join(bundles, name), { recursive: true });
    if (config !== undefined) writeFileSync(join(bundles, name, "config.json"), config);
  }
  dunnage.bundleOf("no-root", toOciSpec(["/bin/true"], { root: "nowhere" }));
  await dunnage.runDetached("taken", ["/bin/sleep", "1000"]);
  for (const [args, message] of [
    [["/nowhere"], /bundle \/nowhere: no such directory/],
    [["/etc/passwd"], /bundle \/etc\/passwd: not a directory/],
    [[join(bundles, "empty")], /empty is no OCI bundle: it has no config\.json/],
    [[join(bundles, "no-json")], /no-json: config\.json is no JSON: /],
    [[join(bundles, "array")], /array: config\.json is no JSON object/],
    [[join(bundles, "no-args")], /no-args: config\.json has no process\.args/],
    [[join(bundles, "no-root")], /no-root: its root file system .*nowhere is no directory/],
    [
      ["--runtime", "rnc", good],
      /runtime rnc: there is no containerd-shim-dunnage-rnc-v1; did you mean `runc`\?; there are: .*runc/,
    ],
    [["--runtime", "/no/where", good], /runtime \/no\/where: no such executable file/],
    [["--id", "../up", good], /container id "\.\.\/up" does not match/],
    [["--id", "taken", good], /container taken: already exists/],
    [["--detach-keys", "ctrl-1", good], /detach keys "ctrl-1": "ctrl-1" is no key/],
    [["-d", "--rm", good], /--rm needs a client that waits/],
    [["--exit-file", "/no/where/x", good], /exit file \/no\/where\/x: \/no\/where is no directory/],
    [["--pid-file", "/no/where/x", good], /pid file \/no\/where\/x: \/no\/where is no directory/],
    [[dunnage.bundle("no-command", ["/no/such"])], /\/no\/such.*no such file or directory/],
  ] as const) {
    const { status, stdout, stderr } = await dunnage.call(["run", ...args]);
    t.deepEqual({ args, status, stdout }, { args, status: 125, stdout: "" });
    t.regex(stderr, message);
    t.regex(stderr, /^dunnage run: [^\n]+\n$/);
  }
  t.deepEqual(
    (await dunnage.ps()).map(({ id, status }) => `${id} ${status}`),
    ["taken running"],
  );
  await dunnage.ok("rm", "-f", "taken");
});

test.serial("run, ps – say whose directory it is – as another user", async (t) => {
  chmodSync(dunnage.dir, 0o755);
  const user = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"];
  await dunnage.runDetached("roots", ["/bin/sleep", "1000"]);
  for (const args of [["ps"], ["run", dunnage.bundle("good", ["/bin/true"])]]) {
    const words = [...user, "dunnage", ...dunnage.args(args)];
    const { status, stderr } = await runCommand("setpriv", words, { env: dunnage.env });
    t.is(status, args[0] === "run" ? 125 : 1);
    t.regex(stderr, /^dunnage (run|ps): [^\n]*permission denied[^\n]*root[^\n]*\n$/);
  }
  await dunnage.ok("rm", "-f", "roots");
  const own = join(dunnage.dir, "own");
  mkdirSync(own);
  chownSync(own, 65534, 65534);
  const words = [...user, "dunnage", ...dunnage.args(["run", "--root", own, dunnage.bundle("good", ["/bin/true"])])];
  const env = { ...dunnage.env, DUNNAGE_RUNTIME_DIR: join(own, "shim") };
  const { status, stderr } = await runCommand("setpriv", words, { env });
  t.is(status, 125);
  t.regex(stderr, /^dunnage run: [^\n]+ \(this is user 65534; most runtimes take root\)\n$/);
});

for (const runtime of ["crun", "runsc"]) {
  test.serial(`run, exec, logs – do the same – ${runtime}`, async (t) => {
    // Where gVisor cannot have its own network, it says so.
    await using other = new Dunnage({ config: 'linger = "1s"\n[runtimes.runsc.config]\nnetwork = "none"\n' });
    const bundle = other.bundle("same", sh("echo out; echo err >&2; cat; exit 7"));
    const result = await other.call(["run", "--rm", "-i", "--runtime", runtime, bundle], { input: "in\n" });
    t.like(result, { status: 7, stdout: "out\nin\n", stderr: "err\n" });
    await other.ok(
      "run",
      "-d",
      "--id",
      "host",
      "--runtime",
      runtime,
      other.bundle("host", sh("echo ready; sleep 1000")),
    );
    await until(async () => (await other.ok("logs", "host")) === "ready\n", "it is ready");
    t.like(await other.call(["exec", "host", ...sh("echo here; exit 3")]), { status: 3, stdout: "here\n" });
    await other.ok("kill", "-s", "KILL", "host");
    await until(async () => (await other.find("host")).status === "exited", "it has ended");
    t.is((await other.find("host")).exitStatus, 137);
  });
}
