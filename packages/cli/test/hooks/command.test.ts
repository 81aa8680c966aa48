import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readProcess } from "@dunnage/core/client";
import test from "ava";
import { ConfigDir } from "../_support/dunnage-config.ts";
import { runDunnage } from "../_support/run-command.ts";

const two = `[hooks]
timeout = "300ms"
[[plugin]]
name = "guard"
use = "builtin:exec"
on_error = "open"
match = { namespaces = ["k8s.io"], annotations = { tier = "prod" } }
config = { allow = [["/bin/true"]] }
[[plugin]]
name = "root"
use = "builtin:rootfs"
mode = "audit"
[[plugin]]
name = "caps"
use = "builtin:capabilities"
config = { drop = ["NET_RAW"] }
[[plugin]]
name = "away"
use = "builtin:env"
mode = "off"
`;

test("hooks ls – two plugins – in the order in which their hooks run, mutating ones first", async (t) => {
  using dir = new ConfigDir(two);
  const { status, stdout } = await dir.run("hooks", "ls");
  t.is(status, 0);
  const rows = stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/));
  t.deepEqual(rows[0], ["STAGE", "PHASE", "PLUGIN", "MODE", "PROTECTED", "ON ERROR", "TIMEOUT", "FOR", "USES"]);
  t.deepEqual(
    rows.slice(1).map(([stage, phase, plugin, mode]) => [stage, phase, plugin, mode].join(" ")),
    [
      "preCreate mutate root audit",
      "preCreate mutate caps enforce",
      "preExec mutate caps enforce",
      "preExec validate guard enforce",
    ],
  );
  t.deepEqual(rows[4]?.slice(4), ["-", "open", "300 ms", "namespaces k8s.io, tier=prod", "builtin:exec"]);
});

test("hooks ls – json – one value with every field", async (t) => {
  using dir = new ConfigDir(two);
  const { hooks, files } = JSON.parse((await dir.run("hooks", "ls", "--json")).stdout);
  t.deepEqual(files, [dir.config]);
  t.deepEqual(hooks[3], {
    stage: "preExec",
    phase: "validate",
    plugin: "guard",
    use: "builtin:exec",
    mode: "enforce",
    required: false,
    locked: false,
    onError: "open",
    timeoutMs: 300,
    match: { namespaces: ["k8s.io"], annotations: { tier: "prod" } },
  });
});

test("hooks ls – what is required, locked, exempt – is shown, and a later file does not reach what is locked", async (t) => {
  using dir = new ConfigDir(`[hooks]
required = ["caps", "root"]
[hooks.exempt]
namespaces = ["build"]
pods = ["kube-system/*", "corp/agent"]
[[plugin]]
name = "caps"
use = "builtin:capabilities"
config = { drop = ["NET_RAW"] }
locked = true
[[plugin]]
name = "root"
use = "builtin:rootfs"
`);
  dir.write("conf.d/later.toml", '[hooks]\nmode = "audit"\n');
  const { stdout } = await dir.run("hooks", "ls");
  const rows = stdout.trimEnd().split("\n");
  t.deepEqual(
    rows.slice(1, 4).map((line) => line.split(/ {2,}/).slice(0, 5).join(" ")),
    [
      "preCreate mutate caps enforce required, locked",
      "preCreate mutate root audit required",
      "preExec mutate caps enforce required, locked",
    ],
  );
  t.deepEqual(rows.slice(4), ["exempt namespaces: build", "exempt pods: kube-system/*, corp/agent"]);
  const { required, exempt, hooks } = JSON.parse((await dir.run("hooks", "ls", "--json")).stdout);
  t.deepEqual(required, ["caps", "root"]);
  t.deepEqual(exempt, { namespaces: ["build"], pods: ["kube-system/*", "corp/agent"] });
  t.like(hooks[0], { plugin: "caps", required: true, locked: true });
  t.like(hooks[1], { plugin: "root", required: true, locked: false });
});

test("hooks ls – a module – its hooks, those after the work in reverse; what it prints goes to stderr", async (t) => {
  using dir = new ConfigDir(
    (path) =>
      `[[plugin]]\nname = "a"\nuse = "module:${path}/p.mjs"\n[[plugin]]\nname = "b"\nuse = "module:${path}/p.mjs"\n`,
  );
  dir.write(
    "p.mjs",
    'import { definePlugin } from "@dunnage/core";\nconsole.log("hello");\nexport default definePlugin({ name: "p", apiVersion: 1, hooks: { postStop: () => {}, preStart: () => {} } });\n',
  );
  const { status, stdout, stderr } = await dir.run("hooks", "ls", "--json");
  t.is(status, 0, stderr);
  const { hooks } = JSON.parse(stdout) as { hooks: { stage: string; plugin: string; onError: string | null }[] };
  t.deepEqual(
    hooks.map(({ stage, plugin, onError }) => `${stage} ${plugin} ${onError}`),
    ["preStart a closed", "preStart b closed", "postStop b null", "postStop a null"],
  );
});

test("hooks ls – no configuration – no hooks", async (t) => {
  using dir = new ConfigDir("");
  t.like(await dir.run("hooks", "ls"), { status: 0, stdout: "no hooks\n" });
});

test("hooks ls – what does not load – is said, whether the daemon would continue without it or not", async (t) => {
  using wrong = new ConfigDir('[[plugin]]\nname = "a"\nuse = "builtin:exec"\nmodus = "audit"\n');
  const key = await wrong.run("hooks", "ls");
  t.like(key, { status: 1, stdout: "" });
  t.regex(key.stderr, /config\.toml:4: unknown key `modus` in/);
  for (const onError of ["closed", "open"]) {
    using dir = new ConfigDir(`[[plugin]]\nname = "a"\nuse = "builtin:excc"\non_error = "${onError}"\n`);
    const plugin = await dir.run("hooks", "ls");
    t.like(plugin, { status: 1, stdout: "" });
    t.regex(plugin.stderr, /plugin a \(builtin:excc\): there is no ready-made policy excc; did you mean `exec`/);
  }
});

test("hooks ls – a daemon that has not loaded them – is shown with time and reason, one that has is not", async (t) => {
  using dir = new ConfigDir(two);
  const { startTime = 0 } = readProcess("self") ?? {};
  for (const name of [`${process.pid}.${startTime}`, "1.1"]) {
    const daemon = join(dir.path, "run/d", name);
    mkdirSync(daemon, { recursive: true });
    const lines = [`${name.replace(".", " ")} 3`, "b", "k8s.io", "/g", "/t", "debug=0 sched_core=", "", "", "", ""];
    writeFileSync(join(daemon, "daemon"), [...lines, "unix:///s", "unix:///s", ""].join("\n"));
    const state = { since: "2026-01-02T03:04:05.000Z", reason: "plugin p: EMFILE" };
    writeFileSync(join(daemon, "stale-hooks"), JSON.stringify(state));
  }
  const env = { DUNNAGE_CONFIG: dir.config, DUNNAGE_RUNTIME_DIR: join(dir.path, "run") };
  const { stdout } = await runDunnage(["hooks", "ls"], { env });
  t.is(
    stdout.trimEnd().split("\n").at(-1),
    `daemon ${process.pid} of namespace k8s.io: since 2026-01-02T03:04:05.000Z it has not loaded these hooks: plugin p: EMFILE`,
  );
  t.deepEqual(JSON.parse((await runDunnage(["hooks", "ls", "--json"], { env })).stdout).stale, [
    { pid: process.pid, namespace: "k8s.io", since: "2026-01-02T03:04:05.000Z", reason: "plugin p: EMFILE" },
  ]);
});
