import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { annotation, condition, pluginOf, rule } from "../_support/policy-text.ts";
import { runPluginFully, standalone } from "../_support/run-plugin.ts";

const three = `${rule("a", "process.a == 1")}${rule("b", "process.b == 1")}${rule("c", "process.c == 1")}`;
const run = (text: string, process: object) => runPluginFully(pluginOf(text), "preExec", { process });
const nothing = { denied: [], adjusted: [], warnings: [], annotations: {}, failed: undefined };

test("validationActions – deny – the first that is false is reported, with the number of the others; errors only where nothing is", async (t) => {
  t.deepEqual(await run(three, { a: 2, b: 2, c: 2 }), {
    ...nothing,
    denied: ["a: failed expression: process.a == 1 (+2 more)"],
  });
  t.deepEqual(await run(three, { b: 2, c: 1 }), { ...nothing, denied: ["b: failed expression: process.b == 1"] });
  t.deepEqual(await run(three, { b: 1 }), { ...nothing, failed: "validation a: No such key: a" });
  t.deepEqual(await run(three, { a: 1, b: 1, c: 1 }), nothing);
});

test("validationActions – warn – nothing is refused, every failure is a warning, those that cannot be evaluated as well", async (t) => {
  const file = `validationActions = ["warn"]\n${three}`;
  t.deepEqual(await run(file, { a: 2, b: 1 }), {
    ...nothing,
    warnings: ["validation a: failed expression: process.a == 1", "validation c: No such key: c"],
  });
  t.deepEqual(await run(`${file}${condition("m", "process.m == 1")}`, {}), {
    ...nothing,
    warnings: ["matchCondition m: No such key: m"],
  });
});

test("validationActions – audit – the failures are in an annotation, as Kubernetes writes them", async (t) => {
  const file = `validationActions = ["audit"]\n${three}`;
  const { annotations, ...rest } = await run(file, { a: 1, b: 2 });
  t.deepEqual({ ...rest, annotations: {} }, nothing);
  t.deepEqual(JSON.parse(annotations["validation_failure"] ?? ""), [
    { name: "b", message: "failed expression: process.b == 1", expressionIndex: 1, validationActions: ["audit"] },
    { name: "c", message: "validation c: No such key: c", expressionIndex: 2, validationActions: ["audit"] },
  ]);
  t.deepEqual(await run(file, { a: 1, b: 1, c: 1 }), nothing);
});

test("validationActions – audit together with deny and with warn – both are done", async (t) => {
  const process = { a: 2, b: 1, c: 1 };
  const denied = await run(`validationActions = ["deny", "audit"]\n${three}`, process);
  t.deepEqual(denied.denied, ["a: failed expression: process.a == 1"]);
  t.regex(denied.annotations["validation_failure"] ?? "", /"name":"a".*"validationActions":\["deny","audit"\]/);
  const warned = await run(`validationActions = ["audit", "warn"]\n${three}`, process);
  t.deepEqual(warned.denied, []);
  t.deepEqual(warned.warnings, ["validation a: failed expression: process.a == 1"]);
  t.deepEqual(Object.keys(warned.annotations), ["validation_failure"]);
});

test("validationActions – of one validation – override those of the file", async (t) => {
  const mixed = `${rule("a", "process.a == 1")}validationActions = ["warn"]\n${rule("b", "process.b == 1")}`;
  t.deepEqual(await run(mixed, { a: 2, b: 2 }), {
    ...nothing,
    denied: ["b: failed expression: process.b == 1"],
    warnings: ["validation a: failed expression: process.a == 1"],
  });
  t.deepEqual(await run(mixed, { b: 1 }), { ...nothing, warnings: ["validation a: No such key: a"] });
});

test("validationActions – audit, and more failures than an annotation has room for – the list loses its end, and parses", async (t) => {
  const rules = Array.from({ length: 30 }, (_, i) => `${rule(`r${i}`, "false")}message = "${"x".repeat(900)}"\n`);
  const { annotations } = await run(`validationActions = ["audit"]\n${rules.join("")}`, {});
  const found = JSON.parse(annotations["validation_failure"] ?? "") as { name: string; message: string }[];
  t.deepEqual(
    found.map(({ name }) => name),
    found.map((_, i) => `r${i}`),
  );
  t.true(found.length > 5 && found.length < 30, String(found.length));
  t.is(found[0]?.message.length, 500);
});

test("auditAnnotations – one that cannot be made – fails the hook whatever the actions; denials override it, the others are made", async (t) => {
  const annotations = `${annotation("bad", "process.bad")}${annotation("good", "policy.name")}`;
  const failed = { ...nothing, annotations: { good: "p" }, failed: "auditAnnotation bad: No such key: bad" };
  t.deepEqual(await run(`validationActions = ["warn"]\n${annotations}`, {}), failed);
  t.deepEqual(await run(annotations, {}), failed);
  t.deepEqual(await run(`${rule("a", "false")}message = "no"\n${annotations}`, {}), {
    ...nothing,
    denied: ["a: no"],
    annotations: { good: "p" },
  });
});

test("docs/policies.md – its example – is a policy that does what it says", async (t) => {
  const text = readFileSync(join(import.meta.dirname, "../../../../docs/policies.md"), "utf8");
  const [, example = ""] = /^```toml\napiVersion = .*\nname = .*\n([\s\S]*?)^```$/m.exec(text) ?? [];
  const plugin = pluginOf(example);
  t.deepEqual(Object.keys(plugin.hooks ?? {}), ["preCreate", "preExec"]);
  const container = { ...standalone, kind: "container", image: "quay.io/a" };
  const created = await runPluginFully(plugin, "preCreate", { container, spec: { process: { args: ["sh"] } } });
  t.deepEqual(created.denied, ["registry: image quay.io/a is not from an allowed registry"]);
  t.regex(created.annotations["validation_failure"] ?? "", /"name":"registry"/);
  t.deepEqual(await runPluginFully(plugin, "preExec", { container, process: { args: ["sh"] } }), {
    ...nothing,
    adjusted: [{ op: "tighten", path: "/process/noNewPrivileges", value: true }],
    warnings: [`validation no-shell: failed expression: !(process.args[0] in ["sh", "/bin/sh"])`],
    annotations: { argv0: "sh" },
  });
});
