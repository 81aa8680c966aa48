import test from "ava";
import { unimplemented } from "../../src/errors/errors.ts";
import { defineRuntime, type RuntimeFactory } from "../../src/runtime/define.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { type ContractOptions, fakeRuntime, runtimeContract, shellPrograms } from "../../src/testing/index.ts";
import { checkpointMethods, helpfulCount } from "../_support/checkpoint-methods.ts";

const programs = { ...shellPrograms, count: () => helpfulCount };
const options = { name: "fake", runtime: fakeRuntime, terminal: false, rootfs: () => {}, programs };

/** Returns the tests of the contract by their titles, without the name of the runtime. */
function casesOf(changes: Partial<ContractOptions>): ReadonlyMap<string, () => Promise<void>> {
  const cases = new Map<string, () => Promise<void>>();
  runtimeContract((title, run) => cases.set(title.split(" – ").slice(2).join(" – "), () => run({})), {
    ...options,
    ...changes,
  });
  return cases;
}

/** Runs one case. */
async function run(cases: ReadonlyMap<string, () => Promise<void>>, title: string): Promise<void> {
  const work = cases.get(title);
  if (work === undefined) throw new RangeError(`the contract has no case ${title}`);
  await work();
}

/** Returns the fake runtime with other methods; undefined removes a method. */
function withMethods(change: (runtime: Runtime) => { [K in keyof Runtime]?: Runtime[K] | undefined }): RuntimeFactory {
  return defineRuntime((deps) => {
    const runtime = fakeRuntime(deps);
    const names = ["create", "start", "kill", "delete", "wait", "exec", "pause", "resume", "pids", "stats"] as const;
    const methods = names.map((name) => [name, runtime[name]?.bind(runtime)]);
    return { name: "faulty", ...Object.fromEntries(methods), ...change(runtime) };
  });
}

const faults: readonly (readonly [what: string, runtime: RuntimeFactory, caught: string])[] = [
  [
    "create that starts the program",
    withMethods((fake) => ({
      create: async (request, signal) => {
        const created = await fake.create(request, signal);
        await fake.start(request.container, signal);
        while ((await fake.pids?.(request.container, signal))?.length) await new Promise(setImmediate);
        return created;
      },
    })),
    "lifecycle – create – the program does not run before start",
  ],
  [
    "stdout and stderr that are exchanged",
    withMethods((fake) => ({
      create: ({ stdio, ...request }, signal) => {
        const exchanged = { ...stdio, stdout: stdio.stderr, stderr: stdio.stdout };
        return fake.create({ ...request, stdio: exchanged }, signal);
      },
    })),
    "stdio – stdout and stderr – apart and complete, more than a pipe holds",
  ],
  [
    "wait that tells another status",
    withMethods((fake) => ({
      wait: async (container, signal) => {
        await fake.wait?.(container, signal);
        return { exitStatus: 9 };
      },
    })),
    "exit code – 1 – as the program gave it, in Wait, Delete and the event",
  ],
  [
    "pause that does nothing",
    withMethods(() => ({ pause: async () => {} })),
    "pause – and resume – the program stands still, then continues",
  ],
  [
    "stats without anything in it",
    withMethods(() => ({ stats: async () => ({}) })),
    "stats – of a running container – memory and processes",
  ],
  [
    "pids without the execs",
    withMethods(() => ({ pids: async () => [] })),
    "pids – of a container with an exec – the exec's is marked by its id, while it runs",
  ],
  [
    "checkpoint that writes nothing",
    withMethods((fake) => ({ ...checkpointMethods(fake), checkpoint: async () => {} })),
    "checkpoint – without exit – an image is there, the program continues",
  ],
  [
    "restore that begins anew",
    withMethods((fake) => ({ ...checkpointMethods(fake), restore: beginAnew(fake) })),
    "restore – more than once – the program continues where it was, its exit status arrives",
  ],
  [
    "restore that takes anything for an image",
    withMethods((fake) => ({ ...checkpointMethods(fake), restore: beginAnew(fake) })),
    "restore – from a directory without an image – refused, nothing is left",
  ],
];
for (const [what, runtime, caught] of faults) {
  test.serial(`contract – a runtime with a fault is caught – ${what}`, async (t) => {
    await t.throwsAsync(run(casesOf({ runtime }), caught));
    const sound = withMethods(checkpointMethods);
    await t.notThrowsAsync(run(casesOf({ runtime: sound }), caught), "without the fault it passes");
  });
}

test.serial(
  "contract – an ability that is absent – has one case in the place of its own, which asserts it",
  async (t) => {
    const withoutExec = casesOf({ runtime: withMethods(() => ({ exec: undefined })) });
    const titles = [...withoutExec.keys()].filter((title) => /\bexec\b/.test(title));
    t.deepEqual(titles, ["exec – absent – the client gets Unimplemented"]);
    await t.notThrowsAsync(run(withoutExec, titles[0] ?? ""));
    // The ability exists after all, so no client gets Unimplemented.
    const pretended = casesOf({ terminal: false, runtime: withMethods((fake) => ({ create: pretendTerminal(fake) })) });
    await t.throwsAsync(run(pretended, "terminal – absent – the client gets Unimplemented"), {
      message: /!== 12/,
    });
  },
);

test.serial(
  "contract – checkpoints that a runtime is said not to have – it answers Unimplemented, or is caught",
  async (t) => {
    const absent = "checkpoint – absent – the client gets Unimplemented";
    const refuses = async (): Promise<never> => {
      throw unimplemented("no checkpoints in this build");
    };
    const build = withMethods(() => ({ checkpoint: refuses, restore: refuses }));
    await t.notThrowsAsync(run(casesOf({ runtime: build, checkpoint: false }), absent));
    const restores = withMethods((fake) => ({ checkpoint: refuses, restore: beginAnew(fake) }));
    await t.throwsAsync(run(casesOf({ runtime: restores, checkpoint: false }), absent), { message: /!== 12/ });
    // One method alone does not make the ability.
    const half = withMethods(() => ({ checkpoint: async () => {} }));
    await t.throwsAsync(run(casesOf({ runtime: half }), absent), { message: /!== 12/ });
    const onlyWithExit = "checkpoint without exit – absent – the client gets Unimplemented";
    const ends = withMethods((fake) => ({ ...checkpointMethods(fake), checkpoint: refuses }));
    await t.notThrowsAsync(run(casesOf({ runtime: ends, checkpoint: "exit" }), onlyWithExit));
    t.true(
      casesOf({ runtime: ends, checkpoint: "exit" }).has(
        "checkpoint – with exit – an image is there, the end of the container is reported after it",
      ),
    );
  },
);

/** Returns a restore that ignores the image. */
function beginAnew(fake: Runtime): Runtime["restore"] {
  return async (request, signal) => {
    const created = await fake.create(request, signal);
    await fake.start(request.container, signal);
    return created;
  };
}

const pretendTerminal =
  (fake: Runtime): Runtime["create"] =>
  ({ consoleSocket: _, ...request }, signal) =>
    fake.create(request, signal);

test("contract – programs that a runtime cannot run – take away the cases that need them, and no others", (t) => {
  const { print, sleep } = { print: () => ["p"], sleep: () => ["s"] };
  const few = casesOf({ programs: { print, sleep } });
  const all = casesOf({});
  t.true(few.size < all.size);
  for (const title of few.keys()) t.true(all.has(title));
  t.false(few.has("stdio – stdin – goes through, its end is seen"));
  t.true(few.has("signal – KILL – ends init with 137"));
});
