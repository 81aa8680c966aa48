import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { Policy } from "../../src/file/policy.ts";
import { parsePolicy } from "../../src/file/policy-file.ts";
import { policyPlugin } from "../../src/index.ts";
import { annotation, condition, head, rule, variable } from "../_support/policy-text.ts";
import { runPlugin, standalone } from "../_support/run-plugin.ts";

const make = (text: string, params?: Record<string, unknown>): Policy => new Policy(parsePolicy(head + text), params);
const input = (fields: object) => ({ stage: "preCreate", container: standalone, ...fields });

const policy = `
[match]
stages = ["preCreate", "preExec"]
[params]
registries = ["r.example"]
[[matchConditions]]
name = "not-system"
expression = '''container.namespace != "system"'''
[[variables]]
name = "caps"
expression = '''has(process.capabilities) ? process.capabilities.bounding : []'''
[[validations]]
name = "no-net-admin"
expression = '''!("CAP_NET_ADMIN" in variables.caps)'''
message = "CAP_NET_ADMIN is not allowed"
code = "failed-precondition"
[[validations]]
name = "registry"
stages = ["preCreate"]
expression = '''imageRegistry(container.image) in params.registries'''
messageExpression = '''"image " + container.image + " is not from an allowed registry"'''
[[mutations]]
op = "tighten"
path = "/process/noNewPrivileges"
value = true
[[mutations]]
op = "set"
path = "/process/env/POLICY"
when = '''stage == "preCreate"'''
valueExpression = '''policy.name'''
`;

/** Returns `NAME: MESSAGE` for each failure. */
const failures = (judge: Policy, fields: object): string[] =>
  judge.judge(input(fields)).failures.map(({ name, message }) => `${name}: ${message}`);

test("Policy – validations – see streams, options, mounts and the checkpoint of a create", (t) => {
  const text = `[[validations]]
name = "request"
expression = '''restoreFrom == "" && options.binaryName == "" && !stdio.stdout.startsWith("binary:") && rootfs.all(m, m.type == "overlay")'''
`;
  const plain = {
    restoreFrom: "",
    options: { binaryName: "" },
    stdio: { stdout: "/fifo" },
    rootfs: [{ type: "overlay" }],
  };
  t.deepEqual(failures(make(text), plain), []);
  for (const bad of [
    { restoreFrom: "/c" },
    { options: { binaryName: "/tmp/evil" } },
    { stdio: { stdout: "binary:///bin/sh" } },
    { rootfs: [{ type: "bind" }] },
  ])
    t.is(failures(make(text), { ...plain, ...bad }).length, 1);
});

test("Policy – validations – judge create and exec by the same rule", (t) => {
  const judge = (fields: object) => make(policy).judge(input(fields)).failures;
  const container = { ...standalone, image: "r.example/app" };
  t.deepEqual(judge({ container, spec: { process: {} } }), []);
  const bad = { capabilities: { bounding: ["CAP_NET_ADMIN"] } };
  const actions = ["deny"] as const;
  const message = "image x/y is not from an allowed registry";
  t.deepEqual(judge({ container: { ...standalone, image: "x/y" }, spec: { process: bad } }), [
    { name: "no-net-admin", index: 0, message: "CAP_NET_ADMIN is not allowed", actions, code: "failed-precondition" },
    { name: "registry", index: 1, message, actions, code: undefined },
  ]);
  t.deepEqual(
    judge({ stage: "preExec", process: bad }).map(({ name }) => name),
    ["no-net-admin"],
  );
  t.deepEqual(judge({ container: { ...container, namespace: "system" }, spec: { process: bad } }), []);
});

test("Policy – params of the configuration – override those of the file; one that is in neither cannot be evaluated", (t) => {
  const fields = { container: { ...standalone, image: "other.example/app" }, spec: { process: {} } };
  t.deepEqual(failures(make(policy, { registries: ["other.example"] }), fields), []);
  const without = make(policy.replace('registries = ["r.example"]', ""));
  t.deepEqual(failures(without, fields), ["registry: validation registry: No such key: registries"]);
  t.deepEqual(failures(make(rule("a", "!has(params.registries)")), fields), []);
});

test("Policy – what cannot be evaluated – is a failure with its error, and the others are evaluated all the same", (t) => {
  const rules = `${rule("a", "process.a == 1")}${rule("b", "process.b == 1")}${rule("c", "process.c == 1")}`;
  const found = make(rules).judge(input({ process: { b: 2, c: 1 } })).failures;
  t.deepEqual(
    found.map(({ name, index, message, error }) => [name, index, message, error?.message]),
    [
      ["a", 0, "validation a: No such key: a", "validation a: No such key: a"],
      ["b", 1, "failed expression: process.b == 1", undefined],
    ],
  );
});

test("Policy – conditions – any that is false keeps the policy out, otherwise one that cannot be evaluated is a failure", (t) => {
  const conditions = ["x", "y", "z"].map((name) => condition(name, `process.${name} == 1`)).join("");
  const file = make(`${conditions}${rule("a", "false")}${annotation("k", "process.none")}`);
  const judge = (process: object) => file.judge(input({ process }));
  const silent = { failures: [], annotations: [], error: undefined };
  t.deepEqual(judge({ y: 2 }), silent, "false after an error");
  t.deepEqual(judge({ x: 2 }), silent, "false before an error");
  t.deepEqual(judge({ x: 1, y: 1, z: 2 }), silent);
  const { failures: found, error } = judge({ x: 1, z: 1 });
  t.is(error, undefined, "annotations are not looked at");
  t.deepEqual(
    found.map(({ name, index, error: reason }) => [name, index, reason?.message]),
    [["y", undefined, "matchCondition y: No such key: y"]],
  );
  t.deepEqual(failures(file, { process: { x: 1, y: 1, z: 1, none: "v" } }), ["a: failed expression: false"]);
});

test("Policy – a condition that cannot be evaluated – fails what would change something, one that is false keeps it", (t) => {
  const file = make(`${condition("x", "process.x == 1")}[[mutations]]\nop = "remove"\npath = "/a"\n`);
  t.throws(() => file.mutate(input({ process: {} })), { message: "matchCondition x: No such key: x" });
  t.deepEqual(file.mutate(input({ process: { x: 2 } })), []);
  t.deepEqual(file.mutate(input({ process: { x: 1 } })), [{ op: "remove", path: "/a" }]);
});

test("Policy – a message – is the file's where the expression for it fails, has nothing to say or more than a line", (t) => {
  const made: [string, string][] = [
    ['"it is " + process.word', "it is x"],
    ['"  spaces  "', "spaces"],
    ["process.missing", "plain"],
    ["process.number", "plain"],
    ['"  "', "plain"],
    ['"two\\nlines"', "plain"],
    ["process.long", "plain"],
  ];
  const process = { word: "x", number: 3, long: "y".repeat(6_000) };
  for (const [expression, message] of made) {
    const text = `${rule("a", "false")}message = "plain"\nmessageExpression = '''${expression}'''\n`;
    t.deepEqual(failures(make(text), { process }), [`a: ${message}`], expression);
  }
  t.deepEqual(failures(make(`${rule("a", " 1 == 2 ")}messageExpression = "process.missing"\n`), { process }), [
    "a: failed expression: 1 == 2",
  ]);
});

test("Policy – a variable – is evaluated when it is asked for", (t) => {
  const lazy = `${variable("v", "process.missing")}${rule("a", "true || variables.v")}`;
  t.deepEqual(failures(make(lazy), { process: {} }), []);
});

test("Policy – a variable that cannot be evaluated – is the same error each time it is asked for", (t) => {
  const bad = `${variable("v", "process.missing")}${rule("a", "variables.v == 1")}${rule("b", "variables.v == 1")}`;
  t.deepEqual(failures(make(bad), { process: {} }), [
    "a: validation a: No such key: missing",
    "b: validation b: No such key: missing",
  ]);
});

test("Policy – a variable – uses those above it", (t) => {
  const sum = `${variable("a", "process.n + 1")}${variable("b", "variables.a + 1")}${rule("r", "variables.b == 3")}`;
  t.deepEqual(failures(make(sum), { process: { n: 1 } }), []);
});

test("Policy – annotations – a text is one, null and nothing but spaces are none, an error is reported and prevents no other", (t) => {
  const all = [
    annotation("argv0", '" " + process.args[0]'),
    annotation("none", "null"),
    annotation("empty", '"  "'),
    annotation("absent", 'has(process.cwd) ? process.cwd : ""'),
    annotation("number", "process.args.size() == 1 ? process.number : dyn(null)"),
    annotation("missing", "process.missing"),
    annotation("last", "policy.name"),
  ];
  const judge = (process: object) => make(all.join("")).judge(input({ process }));
  const { annotations, error, failures: none } = judge({ args: ["sh"], number: 7 });
  t.deepEqual(annotations, [
    { key: "argv0", value: "sh" },
    { key: "last", value: "p" },
  ]);
  t.is(error?.message, "auditAnnotation number: came to a bigint, not a string or null");
  t.deepEqual(none, []);
  t.is(judge({ args: ["a", "b"] }).error?.message, "auditAnnotation missing: No such key: missing");
});

test("Policy – what is reported – holds no value of the environment, and what is judged does", (t) => {
  const text = `${variable("token", 'envValue(process.env, "TOKEN")')}${rule("a", 'variables.token == "other"')}
messageExpression = '''"the token is " + variables.token + ", not other: " + process.env[0]'''
${annotation("all", 'process.env.join(" ") + " " + spec.hooks.prestart[0].env[0] + " " + variables.token')}`;
  const spec = { process: { env: ["TOKEN=hush", "A=1=2"] }, hooks: { prestart: [{ path: "/x", env: ["B=hush"] }] } };
  const { failures: found, annotations, error } = make(text).judge(input({ spec }));
  t.is(error, undefined);
  t.is(found[0]?.message, "the token is ***, not other: TOKEN=***");
  t.deepEqual(annotations, [{ key: "all", value: "TOKEN=*** A=*** B=*** ***" }]);
  t.deepEqual(failures(make(text), { spec: { ...spec, process: { env: ["TOKEN=other"] } } }), []);
});

test("policyPlugin – hooks – deny and adjust as the file says", async (t) => {
  using dir = mkdtempDisposableSync(join(tmpdir(), "policy-"));
  const path = join(dir.path, "p.toml");
  writeFileSync(path, head + policy);
  const plugin = policyPlugin(path);
  t.deepEqual(Object.keys(plugin.hooks ?? {}), ["preCreate", "preExec"]);
  const good = await runPlugin(plugin, "preCreate", {
    container: { ...standalone, image: "r.example/a" },
    spec: { process: {} },
  });
  t.deepEqual(good, {
    denied: [],
    adjusted: [
      { op: "tighten", path: "/process/noNewPrivileges", value: true },
      { op: "set", path: "/process/env/POLICY", value: "p" },
    ],
  });
  const bad = await runPlugin(plugin, "preExec", {
    process: { capabilities: { bounding: ["CAP_NET_ADMIN"] } },
    execId: "e",
  });
  t.deepEqual(bad.denied, ["no-net-admin: CAP_NET_ADMIN is not allowed"]);
  t.throws(() => policyPlugin(path, { parms: {} }), { message: /unknown key `parms`; a policy takes `params`/ });
});

const refuses = test.macro({
  exec: (t, text: string, message: RegExp) => void t.throws(() => make(text), { message }),
  title: (_, text) => `Policy – refuses – ${JSON.stringify(text)}`,
});

test(refuses, '[[validations]]\nname = "a"\nexpression = "proces == 1"\n', /validation a: Unknown variable: proces/);
test(refuses, '[[validations]]\nname = "a"\nexpresion = "true"\n', /validations\.0\.expression: is missing/);
test(refuses, "[match]\nstages = ['preKill']\n", /match\.stages\.0: must be one of preCreate/);
test(refuses, "unknown = 1\n", /unknown: unknown key/);
test(refuses, '[[mutations]]\nop = "set"\npath = "x"\n', /must be a JSON Pointer/);
test(refuses, '[[variables]]\nname = "constructor"\nexpression = "1"\n', /is taken by JavaScript itself/);
test(refuses, '[[variables]]\nname = "__proto__"\nexpression = "1"\n', /is taken by JavaScript itself/);
test(refuses, "[match\n", /Invalid TOML/);
test(
  refuses,
  'validationActions = ["warn",\n  "deny"]\n',
  /^line 3: validationActions: cannot be deny and warn together$/,
);
test(
  refuses,
  `${rule("a", "true")}validationActions = ["deny", "warn"]\n`,
  /^line 6: validations\.0\.validationActions: /,
);
test(refuses, "validationActions = []\n", /^line 3: validationActions: must not be empty$/);
test(refuses, 'validationActions = ["audit", "audit"]\n', /validationActions: must not have one twice/);
test(refuses, 'validationActions = ["Deny"]\n', /line 3: validationActions\.0: must be some of deny, warn, audit/);
test(refuses, annotation("a/b", "null"), /^line 4: auditAnnotations\.0\.key: must be a name/);
test(
  refuses,
  annotation("k".repeat(64), "null"),
  /^line 4: auditAnnotations\.0\.key: must have 63 characters at most$/,
);
test(refuses, annotation("k", "1"), /auditAnnotation k: it is a int, not a string or null/);
test(refuses, annotation("validation_failure", "null"), /is where failed validations are written/);
test(refuses, annotation("k", "null").repeat(2), /^line 3: auditAnnotations: must not have a key twice$/);
test(refuses, variable("v", "variables.v"), /variable v: Unknown variable: variables\.v/);
test(refuses, `${variable("v", "variables.w")}${variable("w", "1")}`, /variable v: Unknown variable: variables\.w/);
test(refuses, rule("a", "has(variables.none)"), /validation a: Unknown variable: variables\.none/);
test(refuses, `${variable("v", "1")}${rule("a", 'variables["v"] == 1')}`, /variables have to be named/);
test(
  refuses,
  `${variable("v", "true")}${condition("m", "variables.v")}`,
  /matchCondition m: Unknown variable: variables\.v/,
);
