import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import type { SpecAdjust } from "../../../src/hooks/adjustment/adjust.ts";
import type { Hooks } from "../../../src/hooks/plugin/plugin.ts";
import { wire } from "../../../src/proto/gen/wire.js";
import { readJournal } from "../../../src/task/container/journal.ts";
import { chainOf } from "../../_support/hooks.ts";
import { openTasks, type TaskFixture } from "../../_support/task-fixture.ts";

const signal = new AbortController().signal;
const maxInt64 = "9223372036854775807";

async function refused(t: ExecutionContext, work: Promise<unknown>, code: Code, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(work, { instanceOf: StatusError, message });
  t.is(error?.code, code);
}

/** Creates a container whose config.json is `text`. */
async function create(f: TaskFixture, text: string, id = "c"): Promise<string> {
  const bundle = f.bundle(id);
  writeFileSync(join(bundle, "config.json"), text);
  await f.tasks.create(wire.CreateTaskRequest.create({ id, bundle }), signal);
  return bundle;
}

const execRequest = (text: string, id = "c", execId = "e") =>
  wire.ExecProcessRequest.create({ id, exec_id: execId, spec: { value: Buffer.from(text) } });
const updateRequest = (text: string, id = "c") =>
  wire.UpdateTaskRequest.create({ id, resources: { value: Buffer.from(text) } });

const openWith = (hooks: Hooks): TaskFixture => openTasks({ hooks: chainOf({ hooks }).chain });

const spec = `{"ociVersion":"1.0.2","process":{"args":["sh"],"env":[]},"linux":{"namespaces":[{"type":"pid"}],"resources":{"memory":{"limit":${maxInt64}}}}}`;

test("preCreate – what hooks made of the configuration – is what the runtime finds, large numbers unharmed", async (t) => {
  using f = openWith({
    preCreate: { phase: "mutate", handler: (_, { adjust }) => adjust.process.setEnv("A", "1") },
  });
  const bundle = await create(f, spec);
  const written = readFileSync(join(bundle, "config.json"), "utf8");
  t.is(written, spec.replace('"env":[]', '"env":["A=1"]'));
  t.is(statSync(join(bundle, "config.json")).mode & 0o777, 0o600);
  t.is(readFileSync(join(bundle, "config.orig.json"), "utf8"), spec);
});

test("preCreate – user namespace, id-mapped mounts – are what the client wrote after a hook has changed the configuration", async (t) => {
  using f = openWith({
    preCreate: { phase: "mutate", handler: (_, { adjust }) => adjust.process.setEnv("A", "1") },
  });
  const ids = '[{"containerID":0,"hostID":4294901760,"size":65535}]';
  const mount = `{"destination":"/v","type":"bind","source":"/s","options":["rbind","idmap"],"uidMappings":${ids},"gidMappings":${ids}}`;
  const text = `{"process":{"args":["sh"],"env":[]},"mounts":[${mount}],"linux":{"uidMappings":${ids},"gidMappings":${ids}}}`;
  const bundle = await create(f, text);
  t.is(readFileSync(join(bundle, "config.json"), "utf8"), text.replace('"env":[]', '"env":["A=1"]'));
});

test("preCreate – keys twice – what was judged is what the runtime finds", async (t) => {
  const seen: unknown[] = [];
  using f = openWith({ preCreate: { phase: "validate", handler: ({ spec }) => void seen.push(spec.process?.args) } });
  const twice = '{"process":{"args":["evil"],"noNewPrivileges":true},"process":{"args":["good"]}}';
  const bundle = await create(f, twice);
  t.deepEqual(seen, [["good"]]);
  t.is(readFileSync(join(bundle, "config.json"), "utf8"), '{"process":{"args":["good"]}}');
});

test("preCreate – keys that runtimes would not agree on – are refused before any hook", async (t) => {
  using f = openWith({ preCreate: () => t.fail() });
  await refused(t, create(f, '{"process":{"args":["a"]},"Process":{"args":["b"]}}'), Code.InvalidArgument, /\/Process/);
});

const notOneReading: readonly [text: string, problem: RegExp][] = [
  [
    '{"process":{"user":{"uid":"1000"}}}',
    /config\.json: \/process\/user\/uid must be a whole number from 0 to 4294967294/,
  ],
  ['{"mounts":[{"source":"/etc\\u0000x"}]}', /\/mounts\/0\/source must be a text without NUL/],
  ['{"linux":{"namespaces":[{"type":"network"},{"type":"network"}]}}', /\/linux\/namespaces\/1 is the second one/],
];
for (const [text, problem] of notOneReading) {
  test(`preCreate – what runtimes read differently – is refused before any hook of it or of preStart – ${text}`, async (t) => {
    for (const hooks of [{ preCreate: () => t.fail() }, { preStart: () => t.fail() }] satisfies Hooks[]) {
      using f = openWith(hooks);
      await refused(t, create(f, text), Code.InvalidArgument, problem);
      t.deepEqual(f.runtime.calls, []);
    }
    using f = openTasks();
    await t.notThrowsAsync(create(f, text), "without hooks the runtime is the judge");
  });
}

test("with hooks – more keys than can be judged in time – are refused, and the limit is named", async (t) => {
  const annotations = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key ${i}`, "a:b"]));
  using f = openWith({ preCreate: () => {}, preExec: () => t.fail(), preUpdate: () => t.fail() });
  const at = JSON.stringify({ annotations });
  await refused(t, create(f, at), Code.InvalidArgument, /config\.json: more than 20000 keys, which is the limit/);
  await t.notThrowsAsync(create(f, at.replace(/,"key 1":"a:b"/, "")));
  await f.tasks.start("c", "", signal);
  await refused(t, f.tasks.exec(execRequest(at), signal), Code.InvalidArgument, /exec e: more than 20000 keys/);
  await refused(t, f.tasks.update(updateRequest(at), signal), Code.InvalidArgument, /c: more than 20000 keys/);
  const env = Array.from({ length: 50_002 }, (_, i) => `V${i}=a,b:c`);
  using g = openWith({ preCreate: () => {} });
  const many = JSON.stringify({ process: { env } });
  await refused(t, create(g, many), Code.InvalidArgument, /config\.json: more than 50000 entries, which is the limit/);
  await t.notThrowsAsync(create(g, JSON.stringify({ process: { env: env.slice(2) } })));
  using bare = openTasks();
  await t.notThrowsAsync(create(bare, at), "without hooks nothing is judged");
});

test("preStart – its hooks alone – the runtime reads what they see", async (t) => {
  const seen: unknown[] = [];
  using f = openWith({ preStart: ({ spec }) => void seen.push(spec) });
  const bundle = await create(f, '{"process":{"args":["evil"]},"process":{"args":["good"],"user":null}}');
  await f.tasks.start("c", "", signal);
  t.deepEqual(seen, [{ process: { args: ["good"] } }]);
  t.is(readFileSync(join(bundle, "config.json"), "utf8"), '{"process":{"args":["good"]}}');
});

test("preExec, preExecStart, preUpdate – what runtimes read differently – is refused before any hook", async (t) => {
  const stages = [{ preExec: () => t.fail() }, { preExecStart: () => t.fail() }] satisfies Hooks[];
  for (const hooks of stages) {
    using f = openWith(hooks);
    await create(f, spec);
    await f.tasks.start("c", "", signal);
    const exec = f.tasks.exec(execRequest('{"args":["id"],"user":{"uid":"0"}}'), signal);
    await refused(t, exec, Code.InvalidArgument, /process of exec e: \/user\/uid must be a whole number/);
  }
  using f = openWith({ preUpdate: () => t.fail() });
  await create(f, spec);
  const update = f.tasks.update(updateRequest('{"memory":{"limit":"67108864"}}'), signal);
  await refused(t, update, Code.InvalidArgument, /resources of c: \/memory\/limit must be a whole number/);
});

test("preCreate – a hook that sets what runtimes read differently – fails, and says where", async (t) => {
  const set = (change: (adjust: SpecAdjust) => void): TaskFixture =>
    openWith({ preCreate: { phase: "mutate", handler: (_, { adjust }) => change(adjust) } });
  const wrong: readonly [(adjust: SpecAdjust) => void, RegExp][] = [
    [(adjust) => adjust.setResource("memory", "limit", "67108864"), /memory\/limit does not fit:.*a whole number/],
    [(adjust) => adjust.addMount({ destination: "/a", source: "/etc\0" }), /mounts\/~1a does not fit: \/source must/],
    [(adjust) => adjust.setDeviceRules([{ allow: "true" }]), /devices does not fit: \/0\/allow must be true or false/],
    [(adjust) => adjust.process.setUser({ uid: 2 ** 32 - 1, gid: 0 }), /user does not fit: \/uid must be a whole/],
    [(adjust) => adjust.setSeccomp({ DefaultAction: "x" }), /seccomp does not fit: \/DefaultAction is a key/],
  ];
  for (const [change, problem] of wrong) {
    using f = set(change);
    await refused(t, create(f, spec), Code.Internal, problem);
  }
});

test("preCreate – what the request holds in addition to the configuration – is there to be judged", async (t) => {
  const seen: unknown[] = [];
  using f = openWith({
    preCreate: ({ rootfs, stdio, options, restoreFrom }) =>
      void seen.push({ rootfs, stdio, binary: options.binaryName, restoreFrom }),
    preExec: ({ stdio }) => void seen.push(stdio),
  });
  await create(f, spec);
  await f.tasks.start("c", "", signal);
  await f.tasks.exec(execRequest('{"args":["id"]}'), signal);
  const stdio = { terminal: false, stdin: "", stdout: "", stderr: "" };
  t.deepEqual(seen, [{ rootfs: [], stdio, binary: "", restoreFrom: "" }, stdio]);
});

test("preCreate – a container that is restored – is refused what its image would not honour", async (t) => {
  const hooks: Hooks = {
    preCreate: {
      phase: "mutate",
      handler: ({ restoreFrom, container }, { adjust }) => {
        adjust.setAnnotation("from", restoreFrom);
        if (container.id === "hard") adjust.process.tighten.noNewPrivileges();
      },
    },
  };
  using f = openWith(hooks);
  Object.assign(f.runtime, { restore: () => Promise.reject(new Error("never")) });
  const restored = (id: string): Promise<unknown> => {
    const bundle = f.bundle(id);
    writeFileSync(join(bundle, "config.json"), spec);
    return f.tasks.create(wire.CreateTaskRequest.create({ id, bundle, checkpoint: bundle }), signal);
  };
  await t.notThrowsAsync(restored("soft"));
  await refused(t, restored("hard"), Code.FailedPrecondition, /tighten \/process\/noNewPrivileges of this container/);
});

test("without hooks – config.json – is not touched", async (t) => {
  using f = openTasks();
  const odd = `${spec} `;
  const bundle = await create(f, odd);
  t.is(readFileSync(join(bundle, "config.json"), "utf8"), odd);
  t.false(existsSync(join(bundle, "config.orig.json")));
});

test("preCreate – a create that fails afterwards – is reported as rollback with the client's error", async (t) => {
  const told: string[] = [];
  using f = openWith({ preCreate: () => {}, rollback: ({ cause }) => void told.push(cause) });
  f.runtime.onCreate = () => Promise.reject(new Error("no such binary"));
  await t.throwsAsync(create(f, spec), { message: /no such binary/ });
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(told, ["no such binary"]);
});

test("preExec – the process – is what the hook made of it, and no client starts it meanwhile", async (t) => {
  const gate = Promise.withResolvers<void>();
  using f = openWith({
    preExec: {
      phase: "mutate",
      handler: async ({ process }, { adjust }) => {
        t.deepEqual(process.args, ["id"]);
        await gate.promise;
        adjust.setUser({ uid: 65534, gid: 65534 });
      },
    },
  });
  await create(f, spec);
  await f.tasks.start("c", "", signal);
  const adding = f.tasks.exec(execRequest('{"args":["id"],"cwd":"/"}'), signal);
  await refused(
    t,
    Promise.resolve().then(() => f.tasks.start("c", "e", signal)),
    Code.NotFound,
    /e: not found/,
  );
  await refused(t, f.tasks.exec(execRequest('{"args":["id"]}'), signal), Code.AlreadyExists, /e: already exists/);
  gate.resolve();
  await adding;
  t.deepEqual(f.tasks.process("c", "e").spec, {
    args: ["id"],
    cwd: "/",
    terminal: false,
    user: { uid: 65534, gid: 65534 },
  });
});

test("exec – limits that no double holds – reach the runtime as the client sent them", async (t) => {
  using f = openTasks();
  await create(f, spec);
  await f.tasks.start("c", "", signal);
  const rlimits = '[{"type":"RLIMIT_CORE","soft":18446744073709551615,"hard":18446744073709551615}]';
  await f.tasks.exec(execRequest(`{"args":["id"],"rlimits":${rlimits}}`), signal);
  t.deepEqual(f.tasks.process("c", "e").spec, {
    args: ["id"],
    terminal: false,
    rlimits: [{ type: "RLIMIT_CORE", soft: 18446744073709551615n, hard: 18446744073709551615n }],
  });
});

test("hardening – tightened at create – holds for execs and updates, also of a daemon without the hook", async (t) => {
  using f = openWith({
    preCreate: {
      phase: "mutate",
      handler: (_, { adjust }) => {
        adjust.process.tighten.noNewPrivileges();
        adjust.process.tighten.dropCapabilities(["NET_RAW"]);
        adjust.tighten.memoryMax(1_000_000);
        adjust.tighten.readonlyRootfs();
      },
    },
  });
  const bundle = await create(f, spec);
  await f.tasks.start("c", "", signal);
  t.deepEqual(
    readJournal(bundle)?.hardening?.map(({ path }) => path),
    ["/process/noNewPrivileges", "/process/capabilities", "/linux/resources/memory/limit"],
  );
  await f.tasks.exec(execRequest('{"args":["id"],"capabilities":{"effective":["CAP_NET_RAW","CAP_KILL"]}}'), signal);
  t.like(f.tasks.process("c", "e").spec as object, {
    noNewPrivileges: true,
    capabilities: { effective: ["CAP_KILL"] },
  });
  await f.tasks.update(updateRequest('{"memory":{"limit":5000000},"cpu":{"shares":3}}'), signal);
  t.deepEqual(f.runtime.updates, [{ memory: { limit: 1_000_000 }, cpu: { shares: 3 } }]);
  const sly = execRequest('{"args":["id"],"Capabilities":{"effective":["CAP_NET_RAW"]}}', "c", "sly");
  await refused(t, f.tasks.exec(sly, signal), Code.InvalidArgument, /Capabilities/);
});

test("preUpdate – resources – are what the hook made of them", async (t) => {
  using f = openWith({
    preUpdate: { phase: "mutate", handler: (_, { adjust }) => adjust.setResource("pids", "limit", 7) },
  });
  await create(f, spec);
  await f.tasks.update(updateRequest(`{"memory":{"limit":${maxInt64}}}`), signal);
  t.deepEqual(f.runtime.updates, [{ memory: { limit: BigInt(maxInt64) }, pids: { limit: 7 } }]);
});

test("preKill – the signal – is what the hook made of it, SIGKILL stays", async (t) => {
  using f = openWith({ preKill: { phase: "mutate", handler: (_, { adjust }) => adjust.setSignal(15) } });
  const sent: number[] = [];
  f.runtime.onKill = async (request) => void sent.push(request.signal);
  await create(f, spec);
  await f.tasks.start("c", "", signal);
  await f.tasks.kill(wire.KillRequest.create({ id: "c", signal: 2 }), signal);
  await f.tasks.kill(wire.KillRequest.create({ id: "c", signal: 9 }), signal);
  t.deepEqual(sent, [15, 9]);
});
