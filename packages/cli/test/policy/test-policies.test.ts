import { existsSync, writeFileSync } from "node:fs";
import test from "ava";
import { ConfigDir } from "../_support/dunnage-config.ts";

const policies = `
[[plugin]]
name = "probes"
use = "builtin:exec"
config = { allow = [["/bin/true"]] }
[[plugin]]
name = "root"
use = "builtin:rootfs"
mode = "audit"
[[plugin]]
name = "env"
use = "builtin:env"
config = { set = { A = "1" } }
`;

const exec = (...args: string[]) => ({ stage: "preExec", process: { args } });
const create = { stage: "preCreate", spec: { process: { args: ["sh"] }, root: { path: "rootfs" } } };

test("policy test – cases that are as expected – exit status 0, and a line for each", async (t) => {
  using dir = new ConfigDir(policies);
  dir.write("cases/1.json", {
    event: exec("/bin/sh"),
    expect: {
      decision: "deny",
      policy: "probes",
      rule: "allow",
      message: 'denied by probes/allow at preExec: .*"/bin/sh"',
    },
  });
  dir.write("cases/deep/2.json", {
    event: exec("/bin/true"),
    expect: { decision: "mutate", changes: [{ op: "set", path: "/process/env/A", value: "1" }] },
  });
  dir.write("cases/3.json", { v: 1, event: create, expect: { decision: "would-mutate" } });
  dir.write("cases/4.json", { event: { stage: "preKill", signal: 9 }, expect: { decision: "allow", changes: [] } });
  const { status, stdout, stderr } = await dir.run("policy", "test", `${dir.path}/cases`);
  t.is(stderr, "");
  t.is(status, 0, stdout);
  t.regex(stdout, /^ok {4}.*cases\/1\.json: preExec: deny by probes\/allow$/m);
  t.regex(stdout, /^4 case\(s\), all as expected$/m);
});

test("policy test – a verdict that is another – exit status 1, and in what it differs", async (t) => {
  using dir = new ConfigDir(policies);
  const change = { op: "set", path: "/process/env/A", by: "other" };
  const file = dir.write("case.json", {
    event: exec("/bin/true"),
    expect: { decision: "deny", policy: "probes", message: "no", changes: [change] },
  });
  const text = await dir.run("policy", "test", file);
  t.is(text.status, 1);
  t.regex(text.stdout, /^DRIFT .*case\.json: preExec: mutate$/m);
  t.regex(text.stdout, /^ +decision: expected deny, is mutate$/m);
  t.regex(text.stdout, /^ +policy: expected probes, is none$/m);
  t.regex(text.stdout, /^ +message: expected \/no\/, is none$/m);
  t.regex(text.stdout, /^ +changes: expected set \S+ by other, is set \S+ "1" by env$/m);
  const { status, stdout } = await dir.run("policy", "test", "--json", file);
  t.is(status, 1);
  const report = JSON.parse(stdout);
  t.like(report, { total: 1, drifted: 1 });
  t.is(report.cases[0].differences.length, 4);
});

test("policy test – enforce – what audit mode only writes down counts, for what was recorded as well", async (t) => {
  using dir = new ConfigDir(policies);
  const file = dir.write("case.json", { event: create, expect: { decision: "would-mutate" } });
  const { cases } = JSON.parse((await dir.run("policy", "test", "--enforce", "--json", file)).stdout);
  t.like(cases[0], { decision: "mutate", differences: [] });
  t.deepEqual(cases[0].changes[0], { op: "tighten", path: "/root/readonly", by: "root", value: true });
});

test("policy test – a policy file alone – by CRI's annotations, and the container as far as it is said", async (t) => {
  using dir = new ConfigDir("");
  const policy = dir.write(
    "only-prod.toml",
    `apiVersion = "dunnage/v1"
name = "p"
[[matchConditions]]
name = "pods"
expression = '''container.kind == "container" && container.namespace == "k8s.io"'''
[[validations]]
name = "registry"
stages = ["preCreate"]
expression = '''imageRegistry(container.image) == "registry.example"'''
message = "not from here"
`,
  );
  const annotations = {
    "io.kubernetes.cri.container-type": "container",
    "io.kubernetes.cri.image-name": "docker.io/x:1",
  };
  const container = { namespace: "k8s.io", annotations };
  const file = dir.write("pod.json", {
    event: { ...create, container },
    expect: { decision: "deny", policy: "only-prod", rule: "registry", message: "not from here" },
  });
  const other = dir.write("other.json", { event: create, expect: { decision: "allow" } });
  t.like(await dir.run("policy", "test", "--policy", policy, file, other), { status: 0, stderr: "" });
});

test("policy test – a container that is exempt – is what a daemon would make of it, judged by a policy file alone", async (t) => {
  using dir = new ConfigDir(`[hooks.exempt]\nnamespaces = ["build"]\n${policies}`);
  const container = { namespace: "build" };
  const policy = dir.write(
    "no.toml",
    'apiVersion = "dunnage/v1"\nname = "no"\n[[validations]]\nname = "none"\nstages = ["preExec"]\nexpression = "false"\nmessage = "no"\n',
  );
  const exempt = dir.write("1.json", {
    event: { ...exec("/bin/sh"), container },
    expect: { decision: "exempt", message: "build", changes: [] },
  });
  const other = dir.write("2.json", { event: exec("/bin/sh"), expect: { decision: "deny" } });
  t.like(await dir.run("policy", "test", exempt, other), { status: 0, stderr: "" });
  t.like(await dir.run("policy", "test", "--enforce", exempt), { status: 0 });
  const alone = await dir.run("policy", "test", "--policy", policy, exempt);
  t.is(alone.status, 1);
  t.regex(alone.stdout, /decision: expected exempt, is deny/);
});

test("policy test – warnings and annotations – are compared where they are expected", async (t) => {
  using dir = new ConfigDir("");
  const policy = dir.write(
    "p.toml",
    `apiVersion = "dunnage/v1"
name = "any"
validationActions = ["warn", "audit"]
[[validations]]
name = "no-sh"
expression = '''process.args[0] != "sh"'''
message = "sh is not to be used"
[[auditAnnotations]]
key = "argv0"
valueExpression = '''process.args[0]'''
`,
  );
  const annotations = { "p/argv0": "^sh$", "p/validation_failure": '"name":"no-sh".*"expressionIndex":0' };
  const warnings = ["^p: validation no-sh: sh is not"];
  const good = dir.write("good.json", { event: exec("sh"), expect: { decision: "allow", warnings, annotations } });
  const none = dir.write("none.json", { event: exec("ls"), expect: { decision: "allow", warnings: [] } });
  t.like(await dir.run("policy", "test", "--policy", policy, good, none), { status: 0, stderr: "" });
  const expect = { decision: "allow", warnings, annotations: { "p/argv0": "^sh$", "p/none": "." } };
  const bad = dir.write("bad.json", { event: exec("ls"), expect });
  const { status, stdout } = await dir.run("policy", "test", "--policy", policy, bad);
  t.is(status, 1);
  t.regex(stdout, /^ +warnings: expected \/\^p: validation no-sh: sh is not\/, is none$/m);
  t.regex(stdout, /^ +annotation p\/argv0: expected \/\^sh\$\/, is ls$/m);
  t.regex(stdout, /^ +annotation p\/none: expected \/\.\/, is none$/m);
});

test("policy test – actions, on_error and mode – what each makes of a failure", async (t) => {
  const judged = async (actions: string, expression: string, settings: string): Promise<string> => {
    using dir = new ConfigDir((path) => `[[plugin]]\nname = "p"\nuse = "policy:${path}/p.toml"\n${settings}\n`);
    dir.write("p.toml", `apiVersion = "dunnage/v1"\nname = "p"\nvalidationActions = ["${actions}"]\n${expression}`);
    const file = dir.write("case.json", { event: exec("sh"), expect: { decision: "allow" } });
    const { stdout } = await dir.run("policy", "test", "--json", file);
    const { decision, warnings } = JSON.parse(stdout).cases[0];
    return [decision, ...warnings].join(", ");
  };
  const fails = '[[validations]]\nname = "v"\nexpression = "false"\nmessage = "no"\n';
  const bad = '[[validations]]\nname = "v"\nexpression = "process.x == 1"\n';
  const note = '[[auditAnnotations]]\nkey = "k"\nvalueExpression = "process.x"\n';
  const [open, audit] = ['on_error = "open"', 'mode = "audit"'];
  const table: [string, string, string, string][] = [
    ["deny", fails, "", "deny"],
    ["deny", fails, open, "deny"],
    ["deny", fails, audit, "would-deny"],
    ["deny", bad, "", "error"],
    ["deny", bad, open, "fail-open"],
    ["warn", fails, "", "allow, p: validation v: no"],
    ["warn", fails, audit, "allow, p: validation v: no"],
    ["warn", bad, "", "allow, p: validation v: No such key: x"],
    ["audit", fails, "", "allow"],
    ["audit", bad, "", "allow"],
    ["audit", note, "", "error"],
    ["audit", note, open, "fail-open"],
  ];
  for (const [actions, expression, settings, expected] of table) {
    t.is(await judged(actions, expression, settings), expected, `${actions} ${expression} ${settings}`);
  }
});

test("policy test – neither the audit log nor the recording – is written", async (t) => {
  using dir = new ConfigDir((path) => `[audit]\npath = "${path}/log/a.jsonl"\nrecord = "${path}/log/r"\n${policies}`);
  const file = dir.write("case.json", { event: exec("x"), expect: { decision: "deny" } });
  t.is((await dir.run("policy", "test", file)).status, 0);
  t.false(existsSync(`${dir.path}/log`));
});

test("policy test – what is no case – is reported with file and key", async (t) => {
  using dir = new ConfigDir(policies);
  const event = exec("x");
  const bad: [unknown, RegExp][] = [
    [{ event }, /bad\.json: expect: /],
    [{ event, expect: { decision: "denied" } }, /expect\.decision: must be one of allow/],
    [{ event: { stage: "preExce" }, expect: { decision: "deny" } }, /event\.stage: must be the name of a stage/],
    [{ event, expect: { decision: "deny", message: "(" } }, /expect\.message: must be a regular expression/],
    [{ event, expect: { decision: "deny", reason: "x" } }, /expect\.reason: /],
  ];
  for (const [content, message] of bad) {
    const file = dir.write("bad.json", content as object);
    const { status, stdout, stderr } = await dir.run("policy", "test", file);
    t.is(status, 1);
    t.is(stdout, "");
    t.regex(stderr, message);
  }
  writeFileSync(`${dir.path}/bad.json`, "{");
  t.regex((await dir.run("policy", "test", `${dir.path}/bad.json`)).stderr, /bad\.json: .*JSON/);
  dir.write("empty/readme", "");
  t.regex((await dir.run("policy", "test", `${dir.path}/empty`)).stderr, /no case/);
});
