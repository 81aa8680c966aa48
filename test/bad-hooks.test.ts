/** Misbehaving hooks under containerd: what happens to their own call, and that no other container is affected. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { ForeignListener } from "../packages/core/test/_support/foreign-listener.ts";
import { openHookServer } from "../packages/core/test/_support/hook-server.ts";
import { toOciProcess, toOciSpec } from "./_support/bundle.ts";
import type { Containerd } from "./_support/containerd.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { shareContainerd } from "./_support/shared-containerd.ts";
import { connectShim, type Refusal, refusal } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

const configured = shareContainerd(test);

const withHooks = isReference ? test.serial.skip : test.serial;

/** Misbehaves as the annotation `bad` says, mostly at preStart, and writes to standard output at postStop. */
const badPlugin = `import { appendFileSync, writeSync } from "node:fs";
import { definePlugin } from "@dunnage/core";
const kept = [];
const ways = {
  throw() { throw new Error("oh no"); },
  never: () => new Promise(() => {}),
  nonsense: () => ({ deny: true, adjustments: "all" }),
  busy() { for (const end = Date.now() + 1_500; Date.now() < end; ); },
  loop() { for (;;); },
  frozen({ spec }) { spec.process.args.push("--evil"); },
  stdout() { process.stdout.write("out\\n"); console.log("out"); writeSync(1, "out\\n"); },
  memory() { for (;;) kept.push(Buffer.alloc(1 << 20, 1)); },
  exit() { process.exit(3); },
  kill() { process.kill(process.pid, "SIGKILL"); },
};
export default definePlugin({ name: "bad", apiVersion: 1, hooks: {
  preCreate: { phase: "mutate", handler({ container }, { adjust }) {
    if (container.annotations.bad === "keys") adjust.apply({ op: "set", path: "/constructor/prototype/polluted", value: 1 });
  } },
  preStart: (event) => ways[event.container.annotations.bad]?.(event),
  postStop({ container }, { config }) {
    if (container.annotations.bad !== "last") return;
    process.stdout.write("standard output\\n");
    writeSync(1, "descriptor 1\\n");
    console.log("console");
    appendFileSync(config.file, container.id);
  },
} });
`;

function start(extra = ""): Containerd {
  return configured((dir) => {
    writeFileSync(join(dir, "etc/bad.ts"), badPlugin);
    return `linger = "1s"\n[[plugin]]\nname = "bad"\nuse = "module:${dir}/etc/bad.ts"\nconfig = { file = "${dir}/ended" }\n${extra}`;
  });
}

/**
 * Runs a container for each kind of misbehaviour. After each one, checks that the daemon and the neighbour still have
 * the same pids.
 */
async function tryAll(
  t: ExecutionContext,
  containerd: Containerd,
  ways: Readonly<Record<string, RegExp | undefined>>,
): Promise<void> {
  await containerd.runDetached("neighbour", ["/bin/sleep", "1000"]);
  using client = await connectShim(containerd, "neighbour");
  const before = await client.connect({ id: "neighbour" });
  for (const [way, reason] of Object.entries(ways)) {
    const result = await containerd.run(way, ["/bin/echo", "ran"], { flags: ["--annotation", `bad=${way}`] });
    if (reason === undefined) t.like(result, { status: 0, stdout: "ran\n" }, `${way}: ${result.stderr}`);
    else {
      t.like(result, { status: 1, stdout: "" }, way);
      t.regex(result.stderr, reason, way);
    }
    const after = await client.connect({ id: "neighbour" });
    t.deepEqual([after.shim_pid, after.task_pid], [before.shim_pid, before.task_pid], way);
    t.like(await containerd.exec("neighbour", `after-${way}`, ["/bin/echo", "still"]), {
      status: 0,
      stdout: "still\n",
    });
    await containerd.remove(way);
  }
}

withHooks("bad hook in the daemon – its own call is refused or not, the daemon and a neighbour continue", async (t) => {
  const containerd = start('timeout = "1s"\n');
  await tryAll(t, containerd, {
    throw: /dunnage: hook failed: bad at preStart: oh no \[id=\w{26}\]/,
    never: /dunnage: hook timed out: bad at preStart: no answer within 1000 ms \[id=\w{26}\]/,
    nonsense: undefined,
    busy: undefined, // cannot be interrupted: it has allowed the call, late
    frozen: /dunnage: hook failed: bad at preStart: Cannot add property 2, object is not extensible/,
    keys: /dunnage: hook failed: bad at preCreate: no hook of preCreate can set/,
    stdout: undefined,
  });
});

withHooks("bad hook in a process of its own – is ended where it has to be, and a new process comes", async (t) => {
  const containerd = start('timeout = "5s"\nisolation = "process"\n');
  const ended = /dunnage: hook failed: bad at preStart: .*its process has ended/;
  await tryAll(t, containerd, {
    throw: /dunnage: hook failed: bad at preStart: oh no/,
    nonsense: undefined,
    busy: undefined,
    exit: ended,
    stdout: undefined,
    kill: ended,
    memory: /dunnage: hook failed: bad at preStart: .*(its process has ended|allocation failed|failed to allocate)/i,
    loop: /dunnage: hook timed out: bad at preStart: no answer within 5000 ms/,
  });
});

withHooks(
  "bad hook – writes to standard output while `delete` runs it – containerd reads the answer all the same",
  async (t) => {
    const containerd = start();
    await using events = await CtrEvents.open(containerd);
    await containerd.runDetached("last", ["/bin/sleep", "1000"], { flags: ["--annotation", "bad=last"] });
    using client = await connectShim(containerd, "last");
    const { shim_pid } = await client.connect({ id: "last" });
    process.kill(shim_pid, "SIGKILL");
    await until(() => existsSync(join(containerd.dir, "ended")), "`delete` has run the hook");
    t.is(readFileSync(join(containerd.dir, "ended"), "utf8"), "last");
    await until(() => !existsSync(containerd.bundle("last")), "containerd has cleaned up");
    t.is((await events.next("last", "/tasks/exit")).fields["exit_status"], 137);
    await containerd.ctrOk("container", "delete", "last");
  },
);

/** A configuration of 10 MB that a runtime accepts. */
const tenMegabytes = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`large-${i}`, "x".repeat(1 << 20)]));

async function runLarge(containerd: Containerd, id: string, annotations: object): Promise<Refusal | undefined> {
  const spec = { ...toOciSpec(["/bin/sleep", "1000"], { root: sharedRootfs(containerd) }), annotations };
  await using shim = await DirectShim.start(containerd, id, { spec });
  const refused = await refusal(shim.create({}, { timeoutMs: 60_000 }));
  if (refused === undefined) await shim.client.start({ id });
  return refused as Refusal | undefined;
}

withHooks("hook – a config.json of 10 MB – is judged whole, in the daemon", async (t) => {
  const containerd = configured((dir) => {
    const module = `import { definePlugin } from "@dunnage/core";
export default definePlugin({ name: "large", apiVersion: 1, hooks: { preCreate({ spec }, { deny }) {
  const size = JSON.stringify(spec).length;
  if (spec.annotations.last === "no") deny("of " + (size > 10 * 2 ** 20));
} } });`;
    writeFileSync(join(dir, "etc/large.ts"), module);
    return `linger = "1s"\n[[plugin]]\nname = "large"\nuse = "module:${dir}/etc/large.ts"\ntimeout = "30s"\n`;
  });
  t.is(await runLarge(containerd, "passes", { ...tenMegabytes, last: "yes" }), undefined);
  const refused = await runLarge(containerd, "denied", { ...tenMegabytes, last: "no" });
  t.regex(refused?.message ?? "", /dunnage: denied by large at preCreate: of true \[id=/);
});

withHooks(
  "hook server – a config.json of 10 MB – is a failure, nothing is cut off, the next call is fine",
  async (t) => {
    const containerd = configured(
      (dir) => `linger = "1s"\n[[plugin]]\nname = "corp"\nuse = "ttrpc:${dir}/hooks.sock"\ntimeout = "30s"\n`,
    );
    let asked = 0;
    await using _server = await openHookServer(join(containerd.dir, "hooks.sock"), {
      hooks: [{ stage: "preCreate" }],
      handle: () => {
        asked++;
        return {};
      },
    });
    const refused = await runLarge(containerd, "large", tenMegabytes);
    t.regex(refused?.message ?? "", /dunnage: hook failed: corp at preCreate: .*exceed maximum message size/);
    t.is(asked, 0);
    t.is(await runLarge(containerd, "small", {}), undefined);
    t.is(asked, 1);
  },
);

withHooks("policy – a list that a client has made long – its loops end in time, the daemon answers", async (t) => {
  const containerd = configured((dir) => {
    const expression = "process.args.all(x, process.args.exists_one(y, x == y))"; // 1.6 * 10^9 steps
    const policy = `apiVersion = "dunnage/v1"\nname = "p"\n[match]\nstages = ["preExec"]\n[[validations]]\nname = "once"\nexpression = "${expression}"\n`;
    writeFileSync(join(dir, "p.toml"), policy);
    return `linger = "1s"\n[[plugin]]\nname = "cel"\nuse = "policy:${dir}/p.toml"\ntimeout = "500ms"\n`;
  });
  await containerd.runDetached("long", ["/bin/sleep", "1000"]);
  using client = await connectShim(containerd, "long");
  const exec = async (exec_id: string, length: number): Promise<string> => {
    const args = ["/bin/true", ...Array.from({ length }, (_, i) => `${i}`)];
    const value = Buffer.from(JSON.stringify({ ...toOciProcess([]), args }));
    return (await refusal(client.exec({ id: "long", exec_id, spec: { value } })))?.message ?? "";
  };
  t.regex(await exec("loops", 40_000), /dunnage: hook timed out: cel at preExec: no answer within 500 ms/);
  t.regex(await exec("longer", 100_000), /more than 50000 entries, which is the limit where hooks judge it/);
  t.like(await containerd.exec("long", "short", ["/bin/echo", "ran"]), { status: 0, stdout: "ran\n" });
});

for (const protocol of ["ttrpc", "grpc"]) {
  withHooks(
    `hook server over ${protocol} – another user's process at a socket of root's – nothing is created`,
    async (t) => {
      const containerd = configured(
        (dir) => `linger = "1s"\n[[plugin]]\nname = "corp"\nuse = "${protocol}:${dir}/${protocol}/hooks.sock"\n`,
      );
      mkdirSync(join(containerd.dir, protocol));
      await using foreign = await ForeignListener.start(join(containerd.dir, protocol, "hooks.sock"));
      const { status, stderr } = await containerd.run("c", ["/bin/true"]);
      t.is(status, 1);
      t.regex(stderr, /dunnage: hook failed: corp at preCreate: .*its server runs as uid 65534, not as root/);
      await until(() => foreign.received.length > 0, "the connection has ended");
      t.true(foreign.received.every((bytes) => bytes === 0));
    },
  );
}
