import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import test, { type ExecutionContext } from "ava";
import { type ConfigPaths, defaultConfig, loadConfig } from "../../../src/bootstrap/config/config.ts";
import { ConfigError } from "../../../src/bootstrap/config/config-error.ts";
import { TempDir } from "../../_support/temp-dir.ts";

/** Writes `config.toml` and drop-ins; names without a slash go to `conf.d`. */
function setUp(t: ExecutionContext, main: string | undefined, dropIns: Readonly<Record<string, string>> = {}) {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  const path = dir.join("config.toml");
  if (main !== undefined) writeFileSync(path, main, { mode: 0o644 });
  mkdirSync(dir.join("conf.d"));
  for (const [name, text] of Object.entries(dropIns)) writeFileSync(dir.join("conf.d", name), text, { mode: 0o644 });
  return { dir, path, load: (paths: ConfigPaths = {}) => loadConfig({ path, ...paths }) };
}

/** Returns the problems, without the path of the directory. */
async function problemsOf(t: ExecutionContext, main: string, dropIns: Readonly<Record<string, string>> = {}) {
  const { dir, load } = setUp(t, main, dropIns);
  const error = await t.throwsAsync(load(), { instanceOf: ConfigError });
  return error.problems.map((problem) => problem.replaceAll(`${dir.path}/`, ""));
}

test("loadConfig – no file – the defaults; packages are looked for where a file that comes later would look", async (t) => {
  const { load, path } = setUp(t, undefined);
  t.deepEqual(await load(), { ...defaultConfig, packageRoots: [dirname(path)] });
  const dir = "/nonexistent/dunnage";
  t.deepEqual(await loadConfig({ path: `${dir}/config.toml` }), { ...defaultConfig, packageRoots: [dir] });
});

test("loadConfig – gives the defaults – an empty file", async (t) => {
  const { load, path } = setUp(t, "# nothing\n");
  t.deepEqual(await load(), { ...defaultConfig, packageRoots: [dirname(path)], files: [path] });
});

test("loadConfig – reads every key – a full file", async (t) => {
  const { load, path } = setUp(
    t,
    `
version = 1
grouping = "pod"
cap = 10
linger = "1m30s"
answer = "json"
[stdio]
mode = "pipe"
drain_timeout = "250ms"
when_reader_is_away = "drop-oldest"
drop_buffer = "256KiB"
logger_ready_timeout = "3s"
[runtimes.runc]
binary = "/usr/sbin/runc"
root = "/run/runc"
[runtimes.runc.config]
systemd_cgroup = true
[runtimes.mine]
use = "module:/opt/mine.mjs"
[[plugin]]
name = "policy"
use = "module:/etc/dunnage/plugins/policy.ts"
timeout = "2s"
on_error = "open"
config = { deny = ["a"], deep = { b = 1 } }
mode = "audit"
order = "post"
before = ["plain"]
after = ["x"]
override = ["/annotations/*"]
isolation = "process"
memory = "256MiB"
match = { namespaces = ["k8s.io"], kinds = ["container"], annotations = { a = "b" } }
locked = true
[[plugin]]
name = "plain"
use = "module:/p.mjs"
[hooks]
mode = "audit"
on_error = "closed"
timeout = "3s"
deny_code = "failed-precondition"
required = ["plain"]
[hooks.exempt]
namespaces = ["build"]
pods = ["kube-system/*"]
[audit]
path = "/var/log/d.jsonl"
allow_sample = 0.5
argv = "none"
max_size = "2MiB"
keep = 1
record = "/var/lib/d"
record_keep = 7
`,
  );
  t.deepEqual(await load(), {
    grouping: "pod",
    cap: 10,
    lingerMs: 90_000,
    answer: "json",
    stdio: {
      mode: "pipe",
      drainTimeoutMs: 250,
      whenReaderIsAway: "drop-oldest",
      dropBufferBytes: 262_144,
      loggerReadyTimeoutMs: 3_000,
    },
    runtimes: {
      runc: { use: "builtin:runc", binary: "/usr/sbin/runc", root: "/run/runc", config: { systemd_cgroup: true } },
      mine: { use: "module:/opt/mine.mjs", binary: undefined, root: undefined, config: {} },
    },
    hooks: {
      mode: "audit",
      onError: "closed",
      timeoutMs: 3_000,
      denyCode: "failed-precondition",
      required: ["plain"],
      exempt: { namespaces: ["build"], pods: ["kube-system/*"] },
    },
    audit: { path: "/var/log/d.jsonl", allowSample: 0.5, argv: "none", maxSizeBytes: 2 * 2 ** 20, keep: 1 },
    record: { directory: "/var/lib/d", keep: 7 },
    plugins: [
      {
        name: "policy",
        use: "module:/etc/dunnage/plugins/policy.ts",
        timeoutMs: 2_000,
        onError: "open",
        config: { deny: ["a"], deep: { b: 1 } },
        mode: "audit",
        order: "post",
        before: ["plain"],
        after: ["x"],
        override: ["/annotations/*"],
        match: { namespaces: ["k8s.io"], kinds: ["container"], annotations: { a: "b" } },
        isolation: { memoryBytes: 256 * 2 ** 20 },
        locked: true,
        required: false,
      },
      {
        name: "plain",
        use: "module:/p.mjs",
        timeoutMs: 3_000,
        onError: "closed",
        config: {},
        mode: "audit",
        order: undefined,
        before: undefined,
        after: undefined,
        override: undefined,
        match: undefined,
        isolation: undefined,
        locked: false,
        required: true,
      },
    ],
    packageRoots: [dirname(path)],
    files: [path],
  });
});

test("loadConfig – merges in byte order – drop-ins", async (t) => {
  const { load, dir } = setUp(
    t,
    `cap = 1\nlinger = "1s"\n[stdio]\nmode = "pipe"\n[runtimes.runc.config]\na = { b = 1, c = [1] }`,
    {
      "b.toml": `cap = 2\n[stdio]\ndrain_timeout = "1s"\n[runtimes.runc.config]\na = { c = [2, 3] }\n[[plugin]]\nname = "b"\nuse = "module:/b.mjs"`,
      "B.toml": `cap = 3\n[[plugin]]\nname = "B"\nuse = "module:/B.mjs"`,
      "ä.toml": "cap = 4",
      "ignored.toml.bak": "cap = [",
      ".hidden.toml": "cap = [",
    },
  );
  const config = await load();
  t.is(config.cap, 4);
  t.is(config.lingerMs, 1_000);
  t.deepEqual(config.stdio, { ...defaultConfig.stdio, mode: "pipe", drainTimeoutMs: 1_000 });
  t.deepEqual(config.runtimes["runc"]?.config, { a: { b: 1, c: [2, 3] } });
  t.deepEqual(
    config.plugins.map((plugin) => plugin.name),
    ["B", "b"],
  );
  t.deepEqual(
    config.files.slice(1),
    ["B.toml", "b.toml", "ä.toml"].map((name) => dir.join("conf.d", name)),
  );
});

test("loadConfig – reads drop-ins alone – no main file", async (t) => {
  const { load } = setUp(t, undefined, { "a.toml": "cap = 7" });
  t.is((await load()).cap, 7);
});

test("loadConfig – names file, line and key – every kind of mistake at once", async (t) => {
  const main = `
# a comment
version = 2
linge = "1s"
cap = 0
[stdio]
mode = "direct"
drain_timout = "1s"
[runtimes.runc]
binary = 3
binay = "/x"
[runtimes."Bad name"]
[[plugin]]
name = "a"
use = "module:/x.mjs"
[[plugin]]
nam = "b"
on_error = "maybe"
timeout = "5"
use = "module:relative.mjs"
`;
  t.deepEqual(await problemsOf(t, main), [
    "config.toml:3: `version` must be 1",
    "config.toml:4: unknown key `linge` in the top table; did you mean `linger`?",
    "config.toml:5: `cap` must be at least 1",
    'config.toml:7: `stdio.mode` must be "auto" or "pipe"',
    "config.toml:8: unknown key `drain_timout` in [stdio]; did you mean `drain_timeout`?",
    "config.toml:10: `runtimes.runc.binary` must be a text",
    "config.toml:11: unknown key `binay` in [runtimes.runc]; did you mean `binary`?",
    "config.toml:12: `runtimes.Bad name` must be a name of lower-case letters, digits and hyphens",
    "config.toml:16: key `name` is missing in [[plugin]]",
    "config.toml:17: unknown key `nam` in [[plugin]]; did you mean `name`?",
    'config.toml:18: `plugin.on_error` must be "closed" or "open"',
    'config.toml:19: `plugin.timeout` must be a duration such as "250ms", "30s" or "1m30s"',
    'config.toml:20: `plugin.use` must be "module:/absolute/path", ending in .mjs, .js, .mts or .ts, "package:NAME", "builtin:NAME", "policy:/absolute/path.toml", "ttrpc:/absolute/path.sock" or "grpc:/absolute/path.sock"',
  ]);
});

const says = test.macro(async (t, main: string, expected: string) => {
  t.deepEqual(await problemsOf(t, main), [expected]);
});
test("loadConfig – names line and column – no TOML", says, "cap = 1\nlinger = \n", "config.toml:2:10: invalid value");
test(
  "loadConfig – suggests nothing – an unknown key unlike any other",
  says,
  "frobnicate = 1",
  "config.toml:1: unknown key `frobnicate` in the top table",
);
test(
  "loadConfig – refuses – a scalar in place of a table",
  says,
  "\nstdio = 1",
  "config.toml:2: `stdio` must be a table",
);
test(
  "loadConfig – refuses – a table in place of an array",
  says,
  "[plugin]\nname = 'a'",
  "config.toml:1: `plugin` must be an array of tables: [[plugin]]",
);
test(
  "loadConfig – refuses – a number as a duration",
  says,
  "linger = 30",
  'config.toml:1: `linger` must be a text with a unit, for example "30s"',
);
test("loadConfig – refuses – a fraction of a container", says, "cap = 1.5", "config.toml:1: `cap` must be whole");
test(
  "loadConfig – refuses – an inline table with a typo",
  says,
  "stdio = { mod = 'pipe' }",
  "config.toml:1: unknown key `mod` in [stdio]; did you mean `mode`?",
);
test(
  "loadConfig – refuses – a dotted key with a typo",
  says,
  "cap = 1\nstdio.mod = 'pipe'",
  "config.toml:2: unknown key `mod` in [stdio]; did you mean `mode`?",
);

test("loadConfig – names both places – one plugin name twice", async (t) => {
  const plugin = `[[plugin]]\nname = "a"\nuse = "module:/a.mjs"\n`;
  t.deepEqual(await problemsOf(t, plugin, { "x.toml": `\n${plugin}` }), [
    'conf.d/x.toml:3: `plugin.name` "a" is taken already, at config.toml:2',
  ]);
});

test("loadConfig – reports every file – problems in two of them", async (t) => {
  t.deepEqual(await problemsOf(t, "a = 1", { "x.toml": "b = 1" }), [
    "config.toml:1: unknown key `a` in the top table",
    "conf.d/x.toml:1: unknown key `b` in the top table",
  ]);
});

test("loadConfig – refuses – a file that others may write", async (t) => {
  const { load, path } = setUp(t, "cap = 1");
  chmodSync(path, 0o666);
  const error = await t.throwsAsync(load(), { instanceOf: ConfigError });
  t.true(error.message.endsWith(`${path} is writable by its group or by others (mode 666)`));
});

const asRoot = process.geteuid?.() === 0 ? test : test.skip;
asRoot("loadConfig – refuses – a file of another user", async (t) => {
  const { load, path } = setUp(t, "cap = 1");
  chownSync(path, 1234, 0);
  const error = await t.throwsAsync(load(), { instanceOf: ConfigError });
  t.regex(error.message, /belongs to uid 1234/);
});

test("loadConfig – says so – the path is a directory", async (t) => {
  const { dir } = setUp(t, "");
  const error = await t.throwsAsync(loadConfig({ path: dir.path }), { instanceOf: ConfigError });
  t.regex(error.message, /is not a regular file/);
});
