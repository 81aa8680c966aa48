import test from "ava";
import fc from "fast-check";
import { parseExactJson } from "../../src/spec/exact-json.ts";
import { normaliseBelow, normalisePart } from "../../src/spec/spec-shape.ts";

const problemOf = (text: string): string | undefined => {
  const problem = normalisePart(parseExactJson(text), "spec");
  return problem && `${problem.path} ${problem.reason}`;
};

const found = test.macro({
  exec: (t, text: string, expected: RegExp | undefined) => {
    if (expected === undefined) t.is(problemOf(text), undefined);
    else t.regex(problemOf(text) ?? "none", expected);
  },
  title: (_, text) => `normalisePart – ${text}`,
});

const key = (path: string): RegExp => new RegExp(`^${path} is a key that runtimes would not agree on$`);
test(found, '{"process":{"noNewPrivileges":true,"args":["Args"]}}', undefined);
test(found, '{"process":{"args":["a"]},"Process":{"args":["b"]}}', key("/Process"));
test(found, '{"process":{"noNewprivileges":false}}', key("/process/noNewprivileges"));
test(found, '{"linux":{"re\u017Fources":{}}}', key("/linux/re\u017Fources"));
test(found, '{"linux":{"ma\u017F\u212AedPaths":[]}}', key("/linux/ma\u017F\u212AedPaths"));
test(found, '{"mounts":[{"Source":"/"}]}', key("/mounts/0/Source"));
test(found, '{"annotations":{"Process":"x","Memory":"y"},"linux":{"sysctl":{"Kernel":"1"}}}', undefined);
test(found, '{"__proto__":{"Process":1}}', key("/__proto__/Process"));
test(found, '{"linux":{"resources":{"blockIO":{"throttleReadIOPSDevice":[]}},"intelRdt":{"closID":"x"}}}', undefined);

// NUL: in a text, in a key, and in fields that the specification does not define.
test(
  found,
  '{"mounts":[{"destination":"/a","source":"/etc\\u0000x"}]}',
  /^\/mounts\/0\/source must be a text without NUL$/,
);
test(found, '{"mounts":[{"options":["rbind\\u0000"]}]}', /^\/mounts\/0\/options\/0 must be a text without NUL$/);
test(found, '{"mounts":[{"source":"/etc\\\\u0000x"}]}', undefined);
test(found, '{"annotations":{"a\\u0000b":"x"}}', /^\/annotations\/a\\u0000b is a key with NUL$/);
test(found, '{"of":{"another\\u0000":"specification"}}', /^\/of\/another\\u0000 is a key with NUL$/);
test(found, '{"of":["another\\u0000"]}', /^\/of\/0 must be a text without NUL$/);

// Duplicates.
test(
  found,
  '{"linux":{"namespaces":[{"type":"pid"},{"type":"network","path":"/a"},{"type":"network"}]}}',
  /^\/linux\/namespaces\/2 is the second one of type "network"$/,
);
test(
  found,
  '{"process":{"rlimits":[{"type":"RLIMIT_CORE","soft":1,"hard":1},{"type":"RLIMIT_CORE","soft":2,"hard":2}]}}',
  /^\/process\/rlimits\/1 is the second one/,
);
test(found, '{"mounts":[{"destination":"/a"},{"destination":"/a"}]}', undefined);

// Types.
test(
  found,
  '{"process":{"user":{"uid":"1000"}}}',
  /^\/process\/user\/uid must be a whole number from 0 to 4294967294$/,
);
test(found, '{"process":{"user":{"uid":4294967295}}}', /^\/process\/user\/uid must be a whole number/);
test(found, '{"process":{"user":{"uid":-1}}}', /uid must be/);
test(found, '{"process":{"user":{"uid":0.5}}}', /uid must be/);
test(found, '{"process":{"user":{"additionalGids":[0,"0"]}}}', /^\/process\/user\/additionalGids\/1 must be/);
test(found, '{"process":{"noNewPrivileges":"true"}}', /must be true or false$/);
test(found, '{"process":{"args":"sh"}}', /^\/process\/args must be a list$/);
test(found, '{"process":{"args":[null]}}', /^\/process\/args\/0 must be a text$/);
test(found, '{"process":[]}', /^\/process must be an object$/);
test(
  found,
  '{"linux":{"resources":{"memory":{"limit":"67108864"}}}}',
  /^\/linux\/resources\/memory\/limit must be a whole number/,
);
test(found, '{"linux":{"resources":{"memory":{"limit":9223372036854775807}}}}', undefined);
test(found, '{"linux":{"resources":{"memory":{"limit":9223372036854775808}}}}', /limit must be/);
test(found, '{"linux":{"resources":{"pids":{"limit":1e400}}}}', /limit must be/);
test(
  found,
  '{"process":{"rlimits":[{"type":"RLIMIT_CORE","soft":18446744073709551615,"hard":18446744073709551616}]}}',
  /^\/process\/rlimits\/0\/hard must be/,
);
test(
  found,
  '{"linux":{"resources":{"devices":[{"allow":1}]}}}',
  /^\/linux\/resources\/devices\/0\/allow must be true or false$/,
);
test(
  found,
  '{"linux":{"resources":{"unified":{"memory.max":1}}}}',
  /^\/linux\/resources\/unified\/memory.max must be a text$/,
);
test(found, '{"annotations":{"a":1}}', /^\/annotations\/a must be a text$/);
test(found, '{"hooks":{"prestart":{"path":"/x"}}}', /^\/hooks\/prestart must be a list$/);
test(found, '{"of":{"another":1e400}}', /^\/of\/another is too large a number$/);

test("normalisePart – null – is absent, unless it is an entry", (t) => {
  const spec = {
    process: null,
    linux: { namespaces: null, resources: { devices: [{ allow: true, major: null }] } },
    x: null,
  };
  t.is(normalisePart(spec, "spec"), undefined);
  t.deepEqual<unknown, unknown>(spec, { linux: { resources: { devices: [{ allow: true }] } }, x: null });
  t.is(normalisePart({ mounts: [null] }, "spec")?.path, "/mounts/0");
  t.is(normalisePart({ annotations: { a: null } }, "spec")?.path, "/annotations/a");
});

test("normaliseBelow – a value – is checked as what stands there", (t) => {
  t.is(normaliseBelow("1", ["linux", "resources", "cpu", "quota"])?.reason.slice(0, 20), "must be a whole numb");
  t.is(normaliseBelow({ source: 1 }, ["mounts", "/data"])?.path, "/source");
  t.is(normaliseBelow("x", ["annotations", "a/b"]), undefined);
  t.is(normaliseBelow({ any: 1 }, ["of", "another"]), undefined);
});

/** A configuration with every kind of value. */
const whole = {
  process: {
    terminal: false,
    args: ["a"],
    env: ["A=1"],
    cwd: "/",
    user: { uid: 1, gid: 1, additionalGids: [1] },
    noNewPrivileges: true,
    rlimits: [{ type: "RLIMIT_CORE", soft: 1, hard: 1 }],
    capabilities: { bounding: ["CAP_KILL"] },
  },
  root: { path: "rootfs", readonly: true },
  mounts: [{ destination: "/a", type: "bind", source: "/b", options: ["ro"] }],
  annotations: { a: "b" },
  linux: {
    sysctl: { a: "1" },
    namespaces: [{ type: "pid", path: "/x" }],
    devices: [{ path: "/dev/x", type: "c", major: 1, minor: 3 }],
    resources: { devices: [{ allow: true, type: "c", major: 1, minor: 3, access: "r" }], pids: { limit: 1 } },
    maskedPaths: ["/x"],
  },
};

/** Yields every place in a value, as the steps that lead to it. */
function* places(value: unknown, steps: readonly string[] = []): Generator<readonly string[]> {
  if (steps.length > 0) yield steps;
  if (typeof value !== "object" || value === null) return;
  for (const [key, entry] of Object.entries(value)) yield* places(entry, [...steps, key]);
}

function replaced(value: unknown, [step, ...rest]: readonly string[], change: (old: unknown) => unknown): unknown {
  if (step === undefined) return change(value);
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[step] = replaced(copy[step], rest, change);
  return copy;
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? "list" : typeof value);

test("normalisePart – any value of the configuration as another type – is refused, and its place is named", (t) => {
  t.is(normalisePart(structuredClone(whole), "spec"), undefined);
  const change = fc.tuple(
    fc.constantFrom(...places(whole)),
    fc.oneof(
      fc.integer(),
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.array(fc.integer()),
      fc.dictionary(fc.string(), fc.integer()),
    ),
  );
  fc.assert(
    fc.property(change, ([steps, value]) => {
      let same = false;
      const spec = replaced(whole, steps, (old) => {
        same = kindOf(old) === kindOf(value);
        return value;
      });
      fc.pre(!same);
      t.regex(normalisePart(spec, "spec")?.path ?? "none", new RegExp(`^/${steps.join("/")}`));
    }),
  );
});

test("normalisePart – a NUL anywhere in a text – is refused", (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...places(whole)), fc.nat(20), (steps, at) => {
      let isText = false;
      const spec = replaced(whole, steps, (old) => {
        if (typeof old !== "string") return old;
        isText = true;
        return `${old.slice(0, at)}\0${old.slice(at)}`;
      });
      fc.pre(isText);
      t.regex(normalisePart(spec, "spec")?.reason ?? "none", /NUL/);
    }),
  );
});
