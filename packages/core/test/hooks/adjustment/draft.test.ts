import { Code, StatusError } from "@dunnage/ttrpc";
import test from "ava";
import fc from "fast-check";
import type { Adjustment } from "../../../src/hooks/adjustment/adjustment.ts";
import { Draft } from "../../../src/hooks/adjustment/draft.ts";

const spec = (): Record<string, unknown> => ({
  ociVersion: "1.0.2",
  root: { path: "rootfs" },
  process: {
    args: ["sh"],
    cwd: "/",
    env: ["PATH=/bin", "A=1"],
    user: { uid: 0, gid: 0 },
    capabilities: { bounding: ["CAP_KILL", "CAP_SYS_ADMIN"], effective: ["CAP_KILL", "CAP_SYS_ADMIN"] },
    rlimits: [{ type: "RLIMIT_NOFILE", soft: 1024, hard: 4096 }],
  },
  mounts: [{ destination: "/data", type: "bind", source: "/srv", options: ["rbind", "rw"] }],
  linux: { resources: { memory: { limit: 2 ** 30 } }, maskedPaths: ["/proc/kcore"] },
});

const set = (path: string, value: unknown): Adjustment => ({ op: "set", path, value });
const tighten = (path: string, value: unknown = true): Adjustment => ({ op: "tighten", path, value });
const remove = (path: string): Adjustment => ({ op: "remove", path });

test("Draft – carries out every kind of adjustment, and leaves what it was given as it was", (t) => {
  const given = spec();
  const draft = new Draft("preCreate", given);
  draft.commit({ plugin: "p" }, [
    set("/process/args", ["true"]),
    set("/process/cwd", "/tmp"),
    set("/process/user", { uid: 1, gid: 2, additionalGids: [3] }),
    set("/process/env/B", "2"),
    remove("/process/env/A"),
    set("/process/rlimits/RLIMIT_CORE", { soft: 0, hard: 0 }),
    tighten("/process/rlimits/RLIMIT_NOFILE", { soft: 2048, hard: 2048 }),
    tighten("/process/capabilities", { drop: ["sys_admin"] }),
    tighten("/process/noNewPrivileges"),
    tighten("/root/readonly"),
    tighten("/mounts/~1data"),
    set("/mounts/~1tmp", { type: "tmpfs", source: "tmpfs" }),
    set("/annotations/k", "v"),
    set("/linux/sysctl/net.ipv4.ip_unprivileged_port_start", "0"),
    tighten("/linux/maskedPaths", ["/proc/kcore", "/proc/keys"]),
    tighten("/linux/resources/memory/limit", 2 ** 20),
    tighten("/linux/resources/pids/limit", 10),
    tighten("/linux/resources/cpu", { quota: 50_000, period: 100_000 }),
    set("/linux/seccomp", { defaultAction: "SCMP_ACT_ERRNO" }),
  ]);
  t.deepEqual(given, spec());
  t.deepEqual(draft.target, {
    ociVersion: "1.0.2",
    root: { path: "rootfs", readonly: true },
    process: {
      args: ["true"],
      cwd: "/tmp",
      env: ["PATH=/bin", "B=2"],
      user: { uid: 1, gid: 2, additionalGids: [3] },
      capabilities: { bounding: ["CAP_KILL"], effective: ["CAP_KILL"] },
      rlimits: [
        { type: "RLIMIT_NOFILE", soft: 1024, hard: 2048 },
        { type: "RLIMIT_CORE", soft: 0, hard: 0 },
      ],
      noNewPrivileges: true,
    },
    mounts: [
      { destination: "/data", type: "bind", source: "/srv", options: ["rbind", "ro"] },
      { destination: "/tmp", type: "tmpfs", source: "tmpfs" },
    ],
    annotations: { k: "v" },
    linux: {
      resources: { memory: { limit: 2 ** 20 }, pids: { limit: 10 }, cpu: { quota: 50_000, period: 100_000 } },
      maskedPaths: ["/proc/kcore", "/proc/keys"],
      sysctl: { "net.ipv4.ip_unprivileged_port_start": "0" },
      seccomp: { defaultAction: "SCMP_ACT_ERRNO" },
    },
  });
});

const refuses = test.macro({
  exec: (t, adjustment: Adjustment, message: RegExp) => {
    const draft = new Draft("preCreate", spec());
    t.throws(() => draft.commit({ plugin: "p" }, [set("/annotations/x", "y"), adjustment]), {
      instanceOf: TypeError,
      message,
    });
    t.deepEqual(draft.target, spec(), "all or nothing");
    t.deepEqual(draft.changes, []);
  },
  title: (_, { op, path, value }: Adjustment) => `Draft – refuses – ${op} ${path} ${JSON.stringify(value) ?? ""}`,
});

test(refuses, set("/root/path", "/"), /no hook can set \/root\/path/);
test(refuses, set("/ociVersion", "9"), /no hook of preCreate can set/);
test(refuses, set("/linux/cgroupsPath", "/"), /no hook can set/);
test(refuses, set("/linux/namespaces", []), /no hook can set/);
test(refuses, set("/hooks/prestart", []), /no hook of preCreate can/);
test(refuses, set("/signal", 9), /no hook of preCreate can/);
test(refuses, set("/process/capabilities", { bounding: ["CAP_SYS_ADMIN"] }), /no hook can set/);
test(refuses, set("/process/noNewPrivileges", false), /no hook can set/);
test(refuses, tighten("/process/noNewPrivileges", false), /must be true/);
test(refuses, set("/process/args", []), /at least one text/);
test(refuses, set("/process/args", ["a\0b"]), /at least one text, without NUL/);
test(refuses, set("/process/env/A=B", "1"), /no name of a variable/);
test(refuses, set("/process/user", { uid: -1, gid: 0 }), /uid must be a whole number/);
test(
  refuses,
  set("/linux/resources/memory/limit", () => 1),
  /must be JSON/,
);
test(refuses, tighten("/linux/resources/cpu", { quota: 0, period: 100 }), /quota must be a whole number, at least 1/);
test(refuses, remove("/linux/seccomp"), /no hook can remove/);
test(refuses, set("process/args", ["x"]), /no hook of preCreate/);

test("Draft – keys that JavaScript knows – are a client's like any other", (t) => {
  const draft = new Draft("preCreate", JSON.parse('{"annotations":{"__proto__":"p","constructor":"c"}}'));
  draft.commit({ plugin: "p" }, [set("/annotations/__proto__", "q"), remove("/annotations/constructor")]);
  t.is(JSON.stringify(draft.target), '{"annotations":{"__proto__":"q"}}');
  t.is(Object.getPrototypeOf({}), Object.prototype);
});

test("Draft – two plugins that want different things – conflict, unless one may override", (t) => {
  const draft = new Draft("preCreate", spec());
  draft.commit({ plugin: "a" }, [set("/process/env/X", "1")]);
  draft.commit({ plugin: "b" }, [set("/process/env/X", "1")]);
  const error = t.throws(() => draft.commit({ plugin: "b" }, [set("/process/env/X", "2")]), {
    instanceOf: StatusError,
  });
  t.is(error?.code, Code.FailedPrecondition);
  t.is(error?.message, "conflict: b wants to set /process/env/X, which a has set");
  t.throws(() => draft.commit({ plugin: "c" }, [remove("/process/env/X")]), {
    message: /c wants to remove .* a has set/,
  });
  draft.commit({ plugin: "c", override: ["/process/env/*"] }, [set("/process/env/X", "4")]);
  t.deepEqual((draft.target["process"] as { env: string[] }).env.at(-1), "X=4");
});

test("Draft – what a locked plugin has written – cannot be overridden, below it and above it either", (t) => {
  const draft = new Draft("preCreate", spec());
  const taker = { plugin: "taker", override: ["/annotations/*", "/linux/*"] };
  draft.commit({ plugin: "free" }, [set("/annotations/a", "1")]);
  draft.commit({ plugin: "kept", locked: true }, [set("/annotations/b", "1"), set("/linux/seccomp", { a: 1 })]);
  draft.commit(taker, [set("/annotations/a", "2"), set("/annotations/b", "1")]);
  for (const change of [set("/annotations/b", "2"), remove("/annotations/b"), remove("/linux/seccomp")]) {
    const error = t.throws(() => draft.commit(taker, [change]), { instanceOf: StatusError });
    t.is(error?.code, Code.FailedPrecondition);
    t.regex(error?.message ?? "", /^conflict: taker wants to \w+ \S+, which kept, which is locked, has set$/);
  }
  t.like(draft.target["annotations"], { a: "2", b: "1" });
  t.like(draft.target["linux"], { seccomp: { a: 1 } });
});

test("Draft – what an earlier stage has tightened – no client and no hook takes back", (t) => {
  const inherited = [
    tighten("/process/noNewPrivileges"),
    tighten("/process/capabilities", { drop: "ALL", keep: ["KILL"] }),
  ];
  const process = { args: ["sh"], capabilities: { effective: ["CAP_KILL", "CAP_NET_RAW"] }, noNewPrivileges: false };
  const draft = new Draft(
    "preExec",
    { process },
    { inherited: [...inherited, tighten("/linux/resources/pids/limit", 1)] },
  );
  t.like(draft.target["process"], { noNewPrivileges: true, capabilities: { effective: ["CAP_KILL"] } });
  t.false("linux" in draft.target);
});

const update = (resources: object): unknown => {
  const ceilings = [
    tighten("/linux/resources/memory/limit", 1000),
    tighten("/linux/resources/pids/limit", 10),
    tighten("/linux/resources/cpu", { quota: 50_000, period: 100_000 }),
  ];
  const draft = new Draft("preUpdate", { linux: { resources } }, { inherited: ceilings });
  return (draft.target["linux"] as { resources: unknown }).resources;
};

const updates = test.macro({
  exec: (t, resources: object, expected: object) => t.deepEqual(update(resources), expected),
  title: (_, resources) => `Draft – an update under ceilings – ${JSON.stringify(resources)}`,
});

test(updates, {}, {});
test(updates, { cpu: { shares: 5 } }, { cpu: { shares: 5 } });
test(updates, { memory: { limit: 5000 } }, { memory: { limit: 1000 } });
test(updates, { memory: { limit: 500 } }, { memory: { limit: 500 } });
test(updates, { memory: { limit: -1 } }, { memory: { limit: 1000 } });
test(updates, { memory: { swap: 7 } }, { memory: { swap: 7 } });
test(updates, { cpu: { quota: 40_000 } }, { cpu: { quota: 40_000, period: 100_000 } });
test(updates, { cpu: { quota: 40_000, period: 10_000 } }, { cpu: { quota: 50_000, period: 100_000 } });
test(updates, { cpu: { period: 1_000 } }, { cpu: { quota: 50_000, period: 100_000 } });
test(updates, { unified: { "memory.max": "max" } }, { memory: { limit: 1000 }, unified: { "memory.max": "1000" } });
test(updates, { unified: { "pids.max": "5" } }, { pids: { limit: 10 }, unified: { "pids.max": "5" } });
test(
  updates,
  { unified: { "cpu.max": "max 100000" } },
  { cpu: { quota: 50_000, period: 100_000 }, unified: { "cpu.max": "50000 100000" } },
);

const tightening = fc.oneof(
  fc.nat(100).map((limit) => tighten("/linux/resources/memory/limit", limit + 1)),
  fc.nat(100).map((limit) => tighten("/linux/resources/pids/limit", limit + 1)),
  fc.subarray(["KILL", "SYS_ADMIN"]).map((drop) => tighten("/process/capabilities", { drop })),
  fc.record({ soft: fc.nat(50), hard: fc.nat(50) }).map((limit) => tighten("/process/rlimits/RLIMIT_CORE", limit)),
  fc.constant(tighten("/root/readonly")),
  fc.constant(tighten("/mounts/~1data")),
);

test("Draft – tightening – commutes, with writes of other plugins between", (t) => {
  const write = set("/linux/resources/memory/limit", 70);
  fc.assert(
    fc.property(fc.array(tightening, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (list, order) => {
      const shuffled = [...list, write].map((each) => ({ each, at: order.next().value as number }));
      shuffled.sort((a, b) => a.at - b.at);
      const result = (adjustments: readonly Adjustment[]): unknown => {
        const draft = new Draft("preCreate", spec());
        for (const [i, adjustment] of adjustments.entries()) draft.commit({ plugin: `p${i}` }, [adjustment]);
        return draft.target;
      };
      t.deepEqual(result(shuffled.map(({ each }) => each)), result([...list, write]));
    }),
  );
});
