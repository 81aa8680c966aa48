import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import test from "ava";
import type { Containerd } from "./_support/containerd.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { shareContainerd } from "./_support/shared-containerd.ts";
import { connectShim } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

const configured = shareContainerd(test);

const withHooks = isReference ? test.serial.skip : test.serial;

const example = join(import.meta.dirname, "../examples/hook-server-ttrpc/server.ts");

/** The example's hook server, started as its README says. */
class HookServer implements AsyncDisposable {
  readonly #path: string;
  #process: ChildProcess | undefined;
  output = "";

  constructor(path: string) {
    this.#path = path;
  }

  async start(): Promise<void> {
    const server = spawn(process.execPath, [example, this.#path], { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = server;
    server.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.output += text;
    });
    this.output = "";
    await until(() => this.output.includes("listening"), "the server listens");
  }

  async kill(): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill("SIGKILL");
    await exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

withHooks(
  "hook server over ttrpc – its denial reaches ctr, its changes the container – and it goes and comes back",
  async (t) => {
    const containerd = configured(
      (dir) => `linger = "1s"
[[plugin]]
name = "corp"
use = "ttrpc:${dir}/hooks.sock"
config = { allow_exec = ["/bin/echo"] }
`,
    );
    const path = join(containerd.dir, "hooks.sock");
    await using server = new HookServer(path);
    const early = await containerd.run("early", ["/bin/true"]);
    t.is(early.status, 1);
    t.regex(early.stderr, /dunnage: hook failed: corp at preCreate: .*hooks\.sock/);
    await server.start();
    await until(async () => {
      const { status } = await containerd.run("c", ["/bin/sh", "-c", "echo $HOOKED_BY; exec sleep 1000"], {
        flags: ["-d"],
      });
      if (status !== 0) await containerd.remove("c");
      return status === 0;
    }, "a container starts, now that there is a server");
    t.like(await containerd.exec("c", "e1", ["/bin/echo", "ran"]), { status: 0, stdout: "ran\n" });
    const denied = await containerd.exec("c", "e2", ["/bin/ls"]);
    t.is(denied.status, 1);
    t.regex(
      denied.stderr,
      /dunnage: denied by corp\/allow-exec at preExec: \/bin\/ls may not be executed \[id=\w{26}\]/,
    );
    t.is(denied.stdout, "");
    await until(() => server.output.includes("c e1 ended with 0"), "the server was notified of e1's end");

    await server.kill();
    const away = await containerd.exec("c", "e3", ["/bin/echo", "ran"]);
    t.is(away.status, 1);
    t.regex(away.stderr, /dunnage: hook failed: corp at preExec: /);
    t.is(away.stdout, "");
    unlinkSync(path); // a killed server leaves it behind
    await server.start();
    let tries = 0;
    const back = await until(async () => {
      const result = await containerd.exec("c", `back-${tries++}`, ["/bin/echo", "ran"]);
      return result.status === 0 && result;
    }, "execs are judged again");
    t.is(back.stdout, "ran\n");
    t.is((await containerd.exec("c", "e5", ["/bin/ls"])).status, 1);
    const run = await containerd.run("seen", ["/bin/sh", "-c", "echo $HOOKED_BY"], { flags: ["--rm"] });
    t.is(run.stdout, "example\n");
    await containerd.remove("c");
  },
);

/** Starts a gRPC hook server that allows only execs of /bin/echo. */
async function serveByGrpc(path: string): Promise<Server> {
  const definition = loadSync(join(import.meta.dirname, "../packages/core/src/proto/def/hooks.proto"), {
    keepCase: true,
  });
  const server = new Server();
  server.addService(definition["dunnage.hooks.v1.Hooks"] as ServiceDefinition, {
    Configure: (_: unknown, answer: Answer) => answer(null, { name: "g", hooks: [{ stage: "preExec" }] }),
    Handle: ({ request }: { request: { event_json: Buffer } }, answer: Answer) => {
      const [program] = JSON.parse(String(request.event_json)).process.args;
      answer(null, program === "/bin/echo" ? {} : { deny: { reason: `${program} may not be executed` } });
    },
    Notify: (_: unknown, answer: Answer) => answer(null, {}),
    Cancel: (_: unknown, answer: Answer) => answer(null, {}),
  });
  const bound = Promise.withResolvers<void>();
  const credentials = ServerCredentials.createInsecure();
  server.bindAsync(`unix:${path}`, credentials, (error) => (error ? bound.reject(error) : bound.resolve()));
  await bound.promise;
  return server;
}

type Answer = (error: null, answer: object) => void;

withHooks(
  "hook server over gRPC – its denial reaches ctr, and without it nothing is executed – the same .proto",
  async (t) => {
    const containerd = configured((dir) => `linger = "1s"\n[[plugin]]\nname = "corp"\nuse = "grpc:${dir}/grpc.sock"\n`);
    const server = await serveByGrpc(join(containerd.dir, "grpc.sock"));
    try {
      await containerd.runDetached("c", ["/bin/sleep", "1000"]);
      t.like(await containerd.exec("c", "e1", ["/bin/echo", "ran"]), { status: 0, stdout: "ran\n" });
      const denied = await containerd.exec("c", "e2", ["/bin/ls"]);
      t.is(denied.status, 1);
      t.regex(denied.stderr, /dunnage: denied by corp at preExec: \/bin\/ls may not be executed \[id=\w{26}\]/);
    } finally {
      server.forceShutdown();
    }
    const away = await containerd.exec("c", "e3", ["/bin/echo", "ran"]);
    t.is(away.status, 1);
    t.regex(away.stderr, /dunnage: hook failed: corp at preExec: /);
    await containerd.remove("c");
  },
);

/** Loops at preStart if the annotation `loop` names this plugin, and records the exits of containers. */
const loops = `import { appendFileSync } from "node:fs";
import { definePlugin } from "@dunnage/core";
export default definePlugin({ name: "loops", apiVersion: 1, hooks: {
  preStart({ container }, { config }) {
    if (container.annotations["loop"] === config.word) for (;;);
  },
  postStop({ container, exit, replay }, { config }) {
    appendFileSync(config.record, JSON.stringify({ id: container.id, status: exit.exitStatus, replay, pid: process.pid }) + "\\n");
  },
} });
`;

function startWithLoops(): Containerd {
  return configured((dir) => {
    const file = join(dir, "etc/loops.ts");
    writeFileSync(file, loops);
    const plugin = (word: string) => `[[plugin]]
name = "${word}"
use = "module:${file}"
isolation = "process"
timeout = "5s"
on_error = "${word}"
config = { word = "${word}", record = "${join(dir, word)}" }
`;
    return `linger = "1s"\n${plugin("closed")}${plugin("open")}`;
  });
}

withHooks(
  "isolated hook – an endless loop – is cut, the call refused or not as on_error says, other calls continue",
  async (t) => {
    const containerd = startWithLoops();
    await containerd.runDetached("other", ["/bin/sleep", "1000"]);
    using client = await connectShim(containerd, "other");
    const answers = async (work: Promise<unknown>): Promise<number> => {
      let count = 0;
      let isOver = false;
      void work.then(() => {
        isOver = true;
      });
      for (; !isOver; count++) await client.state({ id: "other" });
      return count;
    };
    for (const word of ["closed", "open"] as const) {
      const run = containerd.run(word, ["/bin/echo", "ran"], { flags: ["--annotation", `loop=${word}`] });
      t.true((await answers(run)) > 20, "the daemon answered meanwhile");
      const result = await run;
      t.is(result.status, word === "closed" ? 1 : 0);
      t.is(result.stdout, word === "closed" ? "" : "ran\n");
      if (word === "closed") {
        t.regex(result.stderr, /dunnage: hook timed out: closed at preStart: no answer within 5000 ms/);
      }
    }
    t.like(await containerd.run("after", ["/bin/echo", "ran"], { flags: ["--rm"] }), { status: 0, stdout: "ran\n" });
    await containerd.remove("other");
  },
);

withHooks(
  "isolated hook – the daemon is killed – postStop is run by `delete` in a process of its own, nothing is left",
  async (t) => {
    const containerd = startWithLoops();
    await containerd.runDetached("survivor", ["/bin/sleep", "1000"]);
    using client = await connectShim(containerd, "survivor");
    const { shim_pid } = await client.connect({ id: "survivor" });
    const hosts = childrenOf(shim_pid);
    t.true(hosts.length >= 2, "a process for each plugin");
    process.kill(shim_pid, "SIGKILL");
    const lines = await until(() => readLines(join(containerd.dir, "closed"), "survivor"), "its line is written");
    t.like(lines, [{ id: "survivor", status: 137 }]);
    await until(() => !existsSync(containerd.bundle("survivor")), "containerd has cleaned up");
    const own = [...hosts, ...lines.map(({ pid }) => pid)];
    await until(() => own.every((pid) => !isHost(pid)), "the plugins' processes are gone");
    await containerd.ctrOk("container", "delete", "survivor");
  },
);

interface Line {
  readonly id: string;
  readonly status: number;
  readonly pid: number;
}

/** Returns what was recorded for a container; undefined if there is nothing yet. */
function readLines(file: string, id: string): readonly Line[] | undefined {
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  const own = lines.map((line) => JSON.parse(line) as Line).filter((line) => line.id === id);
  return own.length > 0 ? own : undefined;
}

/** Returns the pids of a daemon's plugin processes. */
function childrenOf(daemon: number): number[] {
  const text = readFileSync(`/proc/${daemon}/task/${daemon}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number).filter(isHost);
}

function isHost(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("host-hooks");
  } catch {
    return false;
  }
}
