import { dirname } from "node:path";
import test from "ava";
import { defaultConfig, loadConfig } from "../../../src/bootstrap/config/config.ts";
import { writeConfig } from "../../_support/config-files.ts";

test("loadConfig – no file – the defaults; packages are looked for where a file that comes later would look", async (t) => {
  const { load, path } = writeConfig(t, undefined);
  t.deepEqual(await load(), { ...defaultConfig, packageRoots: [dirname(path)] });
  const dir = "/nonexistent/dunnage";
  t.deepEqual(await loadConfig({ path: `${dir}/config.toml` }), { ...defaultConfig, packageRoots: [dir] });
});

test("loadConfig – gives the defaults – an empty file", async (t) => {
  const { load, path } = writeConfig(t, "# nothing\n");
  t.deepEqual(await load(), { ...defaultConfig, packageRoots: [dirname(path)], files: [path] });
});

test("loadConfig – reads every key – a full file", async (t) => {
  const { load, path } = writeConfig(
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
  const { load, dir } = writeConfig(
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
  const { load } = writeConfig(t, undefined, { "a.toml": "cap = 7" });
  t.is((await load()).cap, 7);
});
