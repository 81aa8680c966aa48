import test from "ava";
import { ConfigDir } from "../_support/dunnage-config.ts";

const id = "01KCXXXXXXXXXXXXXXXXXXXXX1";
const other = "01KCXXXXXXXXXXXXXXXXXXXXX2";

const denied = {
  v: 1,
  id,
  ts: "2026-11-23T10:00:00.000Z",
  shim: 77,
  stage: "preExec",
  decision: "deny",
  namespace: "k8s.io",
  container: "c1",
  kind: "container",
  runtime: "runc",
  pod: "shop/web-1",
  image: "docker.io/library/nginx:1",
  execId: "e1",
  policy: "probes",
  rule: "allow",
  reason: "sh is not on the list",
  code: 7,
  plugins: [
    { name: "caps", verdict: "done", ms: 0.1 },
    { name: "probes", verdict: "denied", ms: 0.2 },
  ],
  changes: [{ op: "tighten", path: "/process/noNewPrivileges", by: "caps" }],
  argv: ["/bin/sh", "-c", "***"],
  ms: 0.4,
};

const open = (): ConfigDir =>
  new ConfigDir(
    (dir) => `[audit]
path = "${dir}/audit.jsonl"
[[plugin]]
name = "probes"
use = "builtin:exec"
[plugin.config]
allow = []
[[plugin]]
name = "cel"
use = "policy:${dir}/p.toml"
`,
  );

test("policy explain – a refusal – who, what, why, and where the rule stands", async (t) => {
  using dir = open();
  dir.write("audit.jsonl", `{"cut off\n${JSON.stringify(denied)}\n`);
  const { status, stdout } = await dir.run("policy", "explain", id);
  t.is(status, 0);
  t.is(
    stdout,
    `${id}: preExec of exec e1 in container c1 (namespace k8s.io, container, runc, pod shop/web-1, image docker.io/library/nginx:1)
when:    2026-11-23T10:00:00.000Z, by the daemon 77
command: /bin/sh -c ***
outcome: refused by probes, rule allow; the client got PermissionDenied
reason:  sh is not on the list
change:  caps: tighten /process/noNewPrivileges
asked:   caps (ok, 0.1 ms), then probes (denied, 0.2 ms)
see:     ${dir.config}:4: plugin probes, use = "builtin:exec"
         ${dir.config}:7: its rule
line in: ${dir.path}/audit.jsonl
`,
  );
});

test("policy explain – warnings and annotations – a line for each", async (t) => {
  using dir = open();
  const said = {
    ...denied,
    decision: "allow",
    policy: undefined,
    warnings: [
      { by: "cel", message: "validation registry: not from here" },
      { by: "probes", message: "x", mode: "audit" },
    ],
    annotations: { "cel/argv0": "/bin/sh", "cel/validation_failure": '[{"name":"v"}]' },
  };
  dir.write("audit.jsonl", `${JSON.stringify(said)}\n`);
  const { stdout } = await dir.run("policy", "explain", id);
  const lines = [
    "warning: cel: validation registry: not from here",
    "warning: probes would warn: x",
    "note:    cel/argv0 = /bin/sh",
    'note:    cel/validation_failure = [{"name":"v"}]',
    "asked:",
  ];
  t.true(stdout.includes(lines.join("\n")), stdout);
});

test("policy explain – an id that is in a rotated file, twice – both lines, the older first; the rule in its policy file", async (t) => {
  using dir = open();
  dir.write("p.toml", 'apiVersion = "dunnage/v1"\nname = "p"\n[[validations]]\nname = "v"\nexpression = "true"\n');
  const line = { ...denied, policy: "cel", rule: "v", decision: "would-deny", code: undefined };
  dir.write("audit.jsonl", `${JSON.stringify({ ...line, id: other })}\n`);
  dir.write("audit.jsonl.2", `${JSON.stringify(line)}\n`);
  dir.write("audit.jsonl.1", `${JSON.stringify({ ...line, replay: true })}\n`);
  dir.write("audit.jsonl.old", "not one of them");
  const found = JSON.parse((await dir.run("policy", "explain", "--json", id)).stdout);
  t.deepEqual(
    found.map(({ file }: { file: string }) => file.slice(dir.path.length)),
    ["/audit.jsonl.2", "/audit.jsonl.1"],
  );
  t.deepEqual(found[0].place, {
    plugin: `${dir.config}:9`,
    use: `policy:${dir.path}/p.toml`,
    rule: `${dir.path}/p.toml:4`,
  });
  const { stdout } = await dir.run("policy", "explain", id);
  t.regex(stdout, /allowed; would have been refused, were it not for mode audit, by cel, rule v\n/);
  t.regex(stdout, /repeated after a crash/);
});

test("policy explain – an exempt container – that no hook judged it, and by which key", async (t) => {
  using dir = open();
  const { policy: _, rule: __, code: ___, ...rest } = denied;
  const line = { ...rest, decision: "exempt", reason: 'hooks.exempt.pods "shop/*"', plugins: [], changes: undefined };
  dir.write("audit.jsonl", `${JSON.stringify(line)}\n`);
  const { stdout } = await dir.run("policy", "explain", id);
  t.regex(stdout, /^outcome: judged by no hook: the container is exempt\nreason: {2}hooks\.exempt\.pods "shop\/\*"$/m);
});

test("policy explain – a plugin that is not configured any more – is said", async (t) => {
  using dir = open();
  dir.write("audit.jsonl", `${JSON.stringify({ ...denied, policy: "gone" })}\n`);
  t.regex((await dir.run("policy", "explain", id)).stdout, /the configuration has no plugin gone now/);
});

test("policy explain – no such line, no log, no [audit] – exit status 1, and where it has looked", async (t) => {
  using dir = open();
  const missing = await dir.run("policy", "explain", id);
  t.like(missing, { status: 1, stdout: "" });
  t.regex(missing.stderr, /no line has the id \w+ in .*audit\.jsonl, which does not exist/);
  dir.write("audit.jsonl", `${JSON.stringify({ ...denied, id: other, reason: `like ${id}` })}\n`);
  t.regex((await dir.run("policy", "explain", id)).stderr, /no line has the id \w+ in \S+audit\.jsonl$/m);
  using none = new ConfigDir("");
  t.regex((await none.run("policy", "explain", id)).stderr, /has no \[audit\]; --log names/);
  t.is((await none.run("policy", "explain", "--log", `${dir.path}/audit.jsonl`, other)).status, 0);
});
