import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { Policy } from "../../src/file/policy.ts";
import { parsePolicy } from "../../src/file/policy-file.ts";
import { policyPlugin } from "../../src/index.ts";
import { runPlugin, standalone } from "../_support/run-plugin.ts";

const head = 'apiVersion = "dunnage/v1"\nname = "p"\n';
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

test("Policy – validations – judge create and exec by the same rule", (t) => {
  const { validate } = { validate: (fields: object) => make(policy).validate(input(fields)) };
  const container = { ...standalone, image: "r.example/app" };
  t.deepEqual(validate({ container, spec: { process: {} } }), []);
  const bad = { capabilities: { bounding: ["CAP_NET_ADMIN"] } };
  t.deepEqual(validate({ container: { ...standalone, image: "x/y" }, spec: { process: bad } }), [
    { rule: "no-net-admin", message: "CAP_NET_ADMIN is not allowed", code: "failed-precondition" },
    { rule: "registry", message: "image x/y is not from an allowed registry", code: undefined },
  ]);
  t.deepEqual(
    validate({ stage: "preExec", process: bad }).map(({ rule }) => rule),
    ["no-net-admin"],
  );
  t.deepEqual(validate({ container: { ...container, namespace: "system" }, spec: { process: bad } }), []);
});

test("Policy – params of the configuration – go before those of the file", (t) => {
  const container = { ...standalone, image: "other.example/app" };
  t.deepEqual(
    make(policy, { registries: ["other.example"] }).validate(input({ container, spec: { process: {} } })),
    [],
  );
});

test("Policy – what cannot be evaluated – is an error unless something is false", (t) => {
  const rules =
    '[[validations]]\nname = "a"\nexpression = "process.a == 1"\n[[validations]]\nname = "b"\nexpression = "process.b == 1"\n';
  t.throws(() => make(rules).validate(input({ process: {} })), { message: /validation a: No such key: a/ });
  t.deepEqual(
    make(rules)
      .validate(input({ process: { b: 2 } }))
      .map(({ rule }) => rule),
    ["b"],
  );
  const conditions = `[[matchConditions]]\nname = "x"\nexpression = "process.x == 1"\n[[matchConditions]]\nname = "y"\nexpression = "process.y == 1"\n${rules}`;
  t.throws(() => make(conditions).validate(input({ process: { y: 1 } })), { message: /matchCondition x: No such key/ });
  t.deepEqual(make(conditions).validate(input({ process: { y: 2 } })), []);
});

test("Policy – a variable – is evaluated when it is asked for, and one that asks for itself ends", (t) => {
  const lazy =
    '[[variables]]\nname = "v"\nexpression = "process.missing"\n[[validations]]\nname = "a"\nexpression = "true || variables.v"\n';
  t.deepEqual(make(lazy).validate(input({ process: {} })), []);
  const loop =
    '[[variables]]\nname = "v"\nexpression = "variables.v"\n[[validations]]\nname = "a"\nexpression = "variables.v == 1"\n';
  t.throws(() => make(loop).validate(input({ process: {} })));
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
