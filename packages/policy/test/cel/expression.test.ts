import test from "ava";
import { Compiler, type Values } from "../../src/cel/expression.ts";
import { denormalise, normalise } from "../../src/cel/normalise.ts";

const compiler = new Compiler();

function values(process: unknown, spec: unknown = null): Values {
  const none = new Map();
  return {
    stage: "preExec",
    process: normalise(process),
    spec: normalise(spec),
    container: normalise({ id: "c", image: "r.example/app:1" }),
    exec: none,
    rootfs: null,
    stdio: null,
    options: null,
    restoreFrom: null,
    resources: null,
    signal: null,
    params: none,
    variables: none,
    policy: none,
  };
}

const comesTo = test.macro({
  exec: (t, text: string, expected: unknown) => {
    const process = { args: ["sh", "-c", "x"], user: { uid: 0 }, env: ["A=1", "A=2"], cap: 9007199254740993n };
    t.deepEqual(compiler.compile(text).evaluate(values(process)), expected);
  },
  title: (_, text) => `expression – ${text}`,
});

test(comesTo, 'process.args[0] == "sh"', true);
test(comesTo, "process.user.uid + 1 == 1", true);
test(comesTo, 'stage == "preExec" && size(process.args) == 3', true);
test(comesTo, "has(process.capabilities)", false);
test(comesTo, 're2(process.args[0], "^s.$")', true);
test(comesTo, 'glob("registry.example/team/app", "registry.example/*")', true);
test(comesTo, 'isUnder("/srv/../etc/passwd", "/etc")', true);
test(comesTo, 'isUnder("/etcetera", "/etc")', false);
test(comesTo, 'cleanPath("/a//b/./c/")', "/a/b/c");
test(comesTo, 'quantity("512Mi")', 536870912n);
test(comesTo, 'envValue(process.env, "A")', "2");
test(comesTo, 'capability("net_raw")', "CAP_NET_RAW");
test(comesTo, "imageRegistry(container.image)", "r.example");
test(comesTo, 'imageRepository("busybox")', "library/busybox");
test(comesTo, 'imageTag("localhost:5000/a@sha256:0")', "");
test(comesTo, 'imageDigest("a/b@sha256:0")', "sha256:0");
test(comesTo, 'isHostNamespace([], "network")', true);
test(comesTo, 'isHostNamespace([{"type": "network"}], "network")', false);
test(comesTo, 'isHostNamespace([{"type": "network", "path": "/proc/1/ns/net"}], "network")', true);
test(comesTo, 'isHostNamespace([{"type": "network", "path": "/does/not/exist"}], "network")', true);

const refuses = test.macro({
  exec: (t, text: string, message: RegExp) => void t.throws(() => compiler.compile(text, "bool"), { message }),
  title: (_, text) => `expression – does not compile – ${text}`,
});

test(refuses, "proces.args == []", /Unknown variable: proces/);
test(refuses, "1 + ", /./);
test(refuses, '"text"', /it is a string, not a bool/);
test(refuses, 'process.args[0].matches("^(a+)+$")', /use re2/);
test(refuses, 're2(process.args[0], "(?=x)")', /./);
test(refuses, "process.a.all(x, process.b.all(y, process.c.all(z, true)))", /more than 2 loops/);
test(refuses, `${"(".repeat(60)}true${")".repeat(60)}`, /depth/i);

test("expression – keys that JavaScript knows – are keys", (t) => {
  const spec = JSON.parse('{"annotations":{"constructor":"c","__proto__":"p","toString":"t"}}');
  const of = (text: string): unknown => compiler.compile(text).evaluate(values({}, spec));
  t.is(of('spec.annotations["constructor"]'), "c");
  t.is(of('spec.annotations["__proto__"]'), "p");
  t.is(of('"hasOwnProperty" in spec.annotations'), false);
  t.is(of('spec.annotations.exists(k, k == "toString")'), true);
});

test("expression – a pattern that other engines choke on – is linear", (t) => {
  const expression = compiler.compile('re2(process.args[0], "^(a+)+$")');
  t.false(expression.evaluate(values({ args: [`${"a".repeat(50_000)}!`] })));
});

const longLoops: readonly string[] = [
  "process.args.all(x, process.args.all(y, x + y != ''))",
  "process.args.exists(x, !(x in process.args))",
  "process.args.filter(x, process.args.exists_one(y, x == y + 'z')).size() == 0",
  "process.args.map(x, process.args.map(y, y != '', x + y).size()).size() > 0",
  "process.args.map(x, (x != ''), ((process.args + [x]).size())).size() > 0",
  "( process.args.all( x , // a list, each\n ((x in process.args)) && (x != ',)') // (\n) ) && true",
];
for (const text of longLoops) {
  test(`expression – loops over a list of 50,000 – end at the deadline with an error – ${JSON.stringify(text)}`, (t) => {
    const compiler = new Compiler();
    const expression = compiler.compile(text, "bool");
    const args = Array.from({ length: 50_000 }, (_, i) => `x${i}`);
    const given = values({ args });
    compiler.deadlineAt = new Date(Date.now() + 100);
    t.throws(() => expression.evaluate(given), { message: /its loops take longer than the hook may/ });
    compiler.deadlineAt = undefined;
    t.is(typeof expression.evaluate(values({ args: ["a"] })), "boolean", "what is short is not touched");
  });
}

test("expression – a value of another type than it must be – is an error, not a verdict", (t) => {
  const expression = compiler.compile("process.flag", "bool");
  t.throws(() => expression.evaluate(values({ flag: "yes" })), { message: /came to a string, not a bool/ });
  t.throws(() => expression.evaluate(values({})), { message: /No such key: flag/ });
});

test("expression – look-alikes in unicode – are other characters", (t) => {
  const isShell = compiler.compile('process.args[0] in ["sh", "bash"] || glob(process.args[0], "*/sh")');
  for (const other of ["\u0455h", "\uff53\uff48", "s\u200bh", "sh\u0301", "SH", "/bin/s\u00adh"])
    t.false(isShell.evaluate(values({ args: [other] })), JSON.stringify(other));
  for (const shell of ["sh", "/bin/sh", "/\uff42in/sh"]) t.true(isShell.evaluate(values({ args: [shell] })));
});

test("expression – what an alphabet keeps out – is out in every form", (t) => {
  const isPlain = compiler.compile('process.args.all(x, re2(x, "^[\\\\x21-\\\\x7e]*$"))');
  for (const other of ["caf\u00e9", "cafe\u0301", "\u0455h", "s\u200bh", "\uff53", "\ud800", "a b", "a\n"])
    t.false(isPlain.evaluate(values({ args: ["sh", other] })), JSON.stringify(other));
  t.true(isPlain.evaluate(values({ args: ["sh", "-c", "x"] })));
});

test("denormalise – keys that JavaScript knows – are keys of the result alone", (t) => {
  const given = normalise(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
  const result = denormalise(given) as object;
  t.deepEqual(Object.keys(result), ["__proto__", "constructor"]);
  t.is(Object.getPrototypeOf(result), Object.prototype);
  t.false("polluted" in {});
});
