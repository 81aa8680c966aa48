import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Code } from "@dunnage/ttrpc";
import test from "ava";
import { Draft } from "../../../src/hooks/adjustment/draft.ts";
import type { HookSubject } from "../../../src/hooks/event/event.ts";
import { never, subject } from "../../_support/hooks.ts";
import { isGone, isolated, refusal } from "../../_support/isolated-plugin.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { until } from "../../_support/until.ts";

test.serial(
  "process of its own – crashes, and a new one is there for the next call – exit, kill, a throw outside of the hook",
  async (t) => {
    const { chain, log } = await isolated(
      t,
      `{ preStart({ container: { annotations } }, { deny }) {
      if (annotations.how === "exit") process.exit(3);
      if (annotations.how === "kill") process.kill(process.pid, "SIGKILL");
      if (annotations.how === "group") process.kill(0, "SIGKILL");
      if (annotations.how === "throw") { setImmediate(() => { throw new Error("from a callback"); }); return new Promise(() => {}); }
      deny("still here");
    } }`,
      { timeoutMs: 30_000 },
    );
    const ways = { exit: /exit status 3/, kill: /by SIGKILL/, group: /by SIGKILL/, throw: /exit status \d+/ };
    for (const [how, reason] of Object.entries(ways)) {
      const given = { ...subject, container: { ...subject.container, annotations: { how } } } as HookSubject;
      const error = await refusal(t, chain, "preStart", given);
      t.is(error.code, Code.Unavailable);
      t.regex(error.message, /its process has ended/);
      t.regex(error.message, reason);
      t.regex((await refusal(t, chain)).message, /still here/);
    }
    const printed = log.lines
      .filter(({ message }) => message === "plugin output")
      .map(({ fields }) => String(fields["text"]));
    t.true(printed.some((line) => line.includes("from a callback")));
  },
);

test.serial("process of its own – takes no more memory than it may – heap, buffers", async (t) => {
  const { chain } = await isolated(
    t,
    `{ preStart({ container: { annotations } }, { deny }) {
      const kept = [];
      if (annotations.what === "heap") for (;;) kept.push(new Array(1000).fill({ n: Math.random() }));
      if (annotations.what === "buffers") for (;;) kept.push(Buffer.alloc(1 << 20, 1));
      deny("still here");
    } }`,
    { timeoutMs: 60_000 },
  );
  for (const what of ["heap", "buffers"]) {
    const given = { ...subject, container: { ...subject.container, annotations: { what } } } as HookSubject;
    const error = await refusal(t, chain, "preStart", given);
    t.regex(error.message, /its process has ended|allocation failed|failed to allocate/i);
    t.regex((await refusal(t, chain)).message, /still here/);
  }
});

test.serial("process of its own – prints without end – the daemon continues, the lines are in the log", async (t) => {
  const { chain, log } = await isolated(
    t,
    `{ preStart: { timeoutMs: 700, handler() { process.stderr.write("x".repeat(100_000)); for (;;) console.log("a line on standard output"); } } }`,
    { timeoutMs: undefined },
  );
  t.is((await refusal(t, chain)).code, Code.Unavailable);
  await until(() => log.lines.some(({ fields }) => fields["text"] === "a line on standard output"));
  t.true(log.lines.every(({ fields }) => String(fields["text"]).length <= 4_096));
});

test.serial(
  "process of its own – five failures in a row – it is not asked for a while, on_error holds at once",
  async (t) => {
    const { chain, dir } = await isolated(
      t,
      `{ preStart: { timeoutMs: 20_000, handler(event, { config }) {
      process.getBuiltinModule("fs").appendFileSync(config.dir + "/calls", "x");
      process.exit(1);
    } } }`,
    );
    for (let i = 0; i < 5; i++) t.regex((await refusal(t, chain)).message, /its process has ended, exit status 1/);
    const error = await refusal(t, chain);
    t.is(error.code, Code.Unavailable);
    t.regex(error.message, /not asked for \d+ s more after 5 failures, the last: its process has ended, exit status 1/);
    t.is(readFileSync(dir.join("calls"), "utf8"), "xxxxx");
  },
);

test.serial(
  "process of its own – an event of 10 MB is a failure, nothing is cut off – and the next call is fine",
  async (t) => {
    const { chain } = await isolated(t, `{ preStart: (event, { deny }) => deny("seen") }`);
    const spec = { process: { args: ["x".repeat(10 * 2 ** 20)] } };
    const error = await refusal(t, chain, "preStart", { ...subject, spec });
    t.is(error.code, Code.Internal);
    t.regex(error.message, /message length \d+ exceed maximum message size of 4194304/);
    t.regex((await refusal(t, chain)).message, /: seen/);
  },
);

test.serial(
  "process of its own – nonsense is a failure – a denial with a strange code, adjustments that are none",
  async (t) => {
    const { chain } = await isolated(
      t,
      `{ preStart: (event, { deny }) => deny("no", { code: "constructor" }),
       preUpdate: { phase: "mutate", handler: (event, { adjust }) => adjust.apply({ op: "set", path: "/__proto__/polluted", value: 1 }) },
       preExec: { phase: "mutate", handler: (event, { adjust }) => adjust.apply({ op: "constructor", path: "/process/cwd", value: "/" }) } }`,
    );
    t.regex((await refusal(t, chain)).message, /unknown code "constructor"/);
    const update = new Draft("preUpdate", { linux: { resources: {} } });
    const wrong = await t.throwsAsync(
      chain.run("preUpdate", subject, { signal: never, draft: update, view: () => ({}) }),
    );
    t.regex(wrong.message, /no hook of preUpdate can set/);
    const exec = new Draft("preExec", { process: {} });
    const strange = await t.throwsAsync(
      chain.run("preExec", subject, { signal: never, draft: exec, view: () => ({}) }),
    );
    t.regex(strange.message, /unknown op "constructor"/);
    t.false("polluted" in {});
  },
);

test.serial("process of its own – ends with its chain – close, once the last call has ended", async (t) => {
  const { chain } = await isolated(
    t,
    `{ preStart: { timeoutMs: 20_000, handler: async (event, { deny }) => { await new Promise((r) => setTimeout(r, 300)); deny("pid " + process.pid); } } }`,
  );
  const call = refusal(t, chain);
  chain.close();
  const pid = Number(/pid (\d+)/.exec((await call).message)?.[1]);
  await until(() => isGone(pid));
});

test.serial("process of its own – ends with its daemon – the daemon is killed while the hook loops", async (t) => {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  const args = ["--no-warnings", join(import.meta.dirname, "../../_support/looping-daemon.ts"), dir.path];
  const daemon = spawn(process.execPath, args, { stdio: "inherit" });
  t.teardown(() => daemon.kill("SIGKILL"));
  await until(() => existsSync(dir.join("pid")));
  const pid = Number(readFileSync(dir.join("pid"), "utf8"));
  t.false(isGone(pid));
  daemon.kill("SIGKILL");
  await until(() => isGone(pid));
});
