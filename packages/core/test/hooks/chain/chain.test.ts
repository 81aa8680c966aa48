import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { failedPrecondition } from "../../../src/errors/errors.ts";
import { HookChain } from "../../../src/hooks/chain/chain.ts";
import type { HookEvent } from "../../../src/hooks/event/event.ts";
import { type Stage, stages } from "../../../src/hooks/event/stages.ts";
import type { HookContext, Hooks } from "../../../src/hooks/plugin/plugin.ts";
import { chainOf, never, subject } from "../../_support/hooks.ts";
import { until } from "../../_support/until.ts";

const allStages = Object.keys(stages) as Stage[];

async function refusal(t: ExecutionContext, work: Promise<void>): Promise<StatusError> {
  const error = await t.throwsAsync(work);
  t.true(StatusError.is(error));
  return error as StatusError;
}

test("HookChain – has and does nothing – none", async (t) => {
  t.deepEqual(
    allStages.filter((stage) => HookChain.none.has(stage)),
    [],
  );
  await t.notThrowsAsync(HookChain.none.run("preStart", subject, { signal: never }));
  t.is(chainOf({ hooks: {} }).chain, HookChain.none);
});

test("HookChain – runs in plugin order before and in reverse after – three plugins", async (t) => {
  const order: string[] = [];
  const plugin = (name: string) => {
    const note = (event: HookEvent) => void order.push(`${event.stage}:${name}`);
    const hooks = { preStart: note, postStart: note, exit: note } as Hooks;
    return { name, hooks };
  };
  const { chain } = chainOf(plugin("a"), plugin("b"), plugin("c"));
  for (const stage of ["preStart", "postStart", "exit"] as const) await chain.run(stage, subject, { signal: never });
  t.deepEqual(
    order.join(" "),
    "preStart:a preStart:b preStart:c postStart:c postStart:b postStart:a exit:a exit:b exit:c",
  );
  t.deepEqual(
    allStages.filter((stage) => chain.has(stage)),
    ["preStart", "postStart", "exit"],
  );
});

test("HookChain – hands over a frozen event, the configuration and a logger – preStart", async (t) => {
  let seen: { event: HookEvent<"preStart">; context: HookContext } | undefined;
  const { chain, log } = chainOf({
    config: { x: 1 },
    hooks: {
      preStart: (event, context) => {
        seen = { event, context };
      },
    },
  });
  const spec = { process: { args: ["sh"] }, annotations: JSON.parse('{"__proto__":"p","constructor":"c"}') };
  await chain.run("preStart", { ...subject, spec, since: new Date(0) }, { signal: never });
  if (seen === undefined) return t.fail();
  const { event, context } = seen;
  t.is(event.stage, "preStart");
  t.is(event.pid, 42);
  t.false(event.replay);
  t.regex(event.eventId, /^[0-9A-Z]{26}$/);
  t.true(Math.abs(Date.parse(event.time) - Date.now()) < 60_000);
  t.deepEqual(event.container, subject.container);
  t.is((event as unknown as { since: string }).since, "1970-01-01T00:00:00.000Z");
  t.deepEqual(Object.keys(event.spec.annotations ?? {}), ["__proto__", "constructor"]);
  t.throws(() => Reflect.apply(Array.prototype.push, event.spec.process?.args, ["x"]), { instanceOf: TypeError });
  t.false(Object.isFrozen(spec));
  t.deepEqual(context.config, { x: 1 });
  context.log.info("hello", { n: 1 });
  t.deepEqual(log.lines, [
    { level: "info", message: "hello", fields: { id: "c1", plugin: "p1", stage: "preStart", n: 1 } },
  ]);
});

test("HookChain – keeps id and says so – a replay", async (t) => {
  const seen: HookEvent[] = [];
  const { chain } = chainOf({ hooks: { postStop: (event) => void seen.push(event) } });
  const exit = { pid: 42, exitStatus: 137, exitedAt: new Date(0) };
  await chain.run("postStop", { ...subject, exit }, { signal: never, eventId: "01ID", replay: true });
  t.like(seen[0], { eventId: "01ID", replay: true, exit: { exitStatus: 137, exitedAt: "1970-01-01T00:00:00.000Z" } });
});

test("HookChain – refuses and runs nothing after – a denial", async (t) => {
  let ran = false;
  const { chain, log } = chainOf(
    { name: "guard", hooks: { preStart: (_, { deny }) => deny("not\n  today") } },
    {
      hooks: {
        preStart: () => {
          ran = true;
        },
      },
    },
  );
  const error = await refusal(t, chain.run("preStart", subject, { signal: never, eventId: "01ID" }));
  t.is(error.code, Code.PermissionDenied);
  t.is(error.message, "dunnage: denied by guard at preStart: not today [id=01ID]");
  t.false(ran);
  t.deepEqual(log.messages("info"), ["call refused by a hook"]);
  t.is(chain.counts.denied, 1);
});

test("HookChain – a denial stands – the plugin swallows its exception, or throws another", async (t) => {
  const swallow: Hooks["preStart"] = (_, { deny }) => {
    try {
      deny("a");
    } catch {}
  };
  const change: Hooks["preStart"] = async (_, { deny }) => {
    try {
      deny("b");
    } catch {
      throw new Error("other");
    }
  };
  for (const preStart of [swallow, change] as NonNullable<Hooks["preStart"]>[]) {
    const error = await refusal(
      t,
      chainOf({ onError: "open", hooks: { preStart } }).chain.run("preStart", subject, { signal: never }),
    );
    t.is(error.code, Code.PermissionDenied);
  }
});

test("HookChain – refuses with Internal and no stack – a hook throws", async (t) => {
  const throws = () => {
    throw new TypeError("x is not a function");
  };
  const { chain, log } = chainOf({ hooks: { preCreate: throws } });
  const error = await refusal(t, chain.run("preCreate", subject, { signal: never, eventId: "01ID" }));
  t.is(error.code, Code.Internal);
  t.is(error.message, "dunnage: hook failed: p1 at preCreate: x is not a function [id=01ID]");
  t.regex(String(log.lines[0]?.fields["stack"]), /TypeError: x is not a function\n\s+at /);
  t.is(chain.counts.failed, 1);
});

test("HookChain – refuses with Internal – a hook rejects with a StatusError, or throws no Error at all", async (t) => {
  const reasons: unknown[] = [
    new StatusError(Code.NotFound, "n"),
    "text",
    undefined,
    {
      toString: () => {
        throw new Error("t");
      },
    },
  ];
  for (const reason of reasons) {
    const error = await refusal(
      t,
      chainOf({ hooks: { preExec: () => Promise.reject(reason) } }).chain.run("preExec", subject, { signal: never }),
    );
    t.is(error.code, Code.Internal);
  }
});

test("HookChain – refuses with Unavailable and aborts the hook's signal – no answer in time", async (t) => {
  let signal: AbortSignal | undefined;
  const hang = (_: unknown, context: HookContext) => {
    signal = context.signal;
    return new Promise<void>(() => {});
  };
  const { chain } = chainOf({ timeoutMs: 20, hooks: { preStart: hang } });
  const error = await refusal(t, chain.run("preStart", subject, { signal: never, eventId: "01ID" }));
  t.is(error.code, Code.Unavailable);
  t.is(error.message, "dunnage: hook timed out: p1 at preStart: no answer within 20 ms [id=01ID]");
  t.is(signal?.reason.name, "TimeoutError");
  t.is(chain.counts.timedOut, 1);
});

test("HookChain – ignores what a hook does after its time – a late denial, a late rejection", async (t) => {
  let late = 0;
  const hook: Hooks["preStart"] = async (_, { deny, signal }) => {
    await sleep(60_000, undefined, { signal, ref: false }).catch(() => {});
    late++;
    deny("too late");
  };
  const { chain } = chainOf({ timeoutMs: 10, onError: "open", hooks: { preStart: hook as NonNullable<typeof hook> } });
  await chain.run("preStart", subject, { signal: never });
  await until(() => late === 1);
  t.deepEqual(chain.counts, { denied: 0, failed: 0, timedOut: 1, passed: 1 });
});

test("HookChain – lets the call pass, logs and counts – failures of an open plugin", async (t) => {
  let ran = false;
  const { chain, log } = chainOf(
    { onError: "open", timeoutMs: 10, hooks: { preStart: () => new Promise<void>(() => {}) } },
    { onError: "open", hooks: { preStart: () => Promise.reject(new Error("x")) } },
    {
      hooks: {
        preStart: () => {
          ran = true;
        },
      },
    },
  );
  await chain.run("preStart", subject, { signal: never });
  t.true(ran);
  t.deepEqual(log.messages("warn"), ["hook failed, the call continues", "hook failed, the call continues"]);
  t.deepEqual(chain.counts, { denied: 0, failed: 1, timedOut: 1, passed: 2 });
});

test("HookChain – continues to the next hook and never refuses – stages that may not deny", async (t) => {
  for (const stage of allStages.filter((stage) => !stages[stage].mayDeny)) {
    let ran = 0;
    const bad = (name: string, hook: (event: unknown, context: HookContext) => void) => ({
      name,
      hooks: { [stage]: hook } as Hooks,
    });
    const { chain, log } = chainOf(
      bad("last", () => void ran++),
      bad("denies", (_, { deny }) => deny("no")),
      bad("throws", () => {
        throw new Error("x");
      }),
      bad("first", () => void ran++),
    );
    await chain.run(stage, subject, { signal: never });
    t.is(ran, 2, stage);
    t.is(log.messages("warn").length, 2, stage);
    t.is(chain.counts.passed, 2, stage);
  }
});

test("HookChain – ends with the caller's reason – the caller gives a pre stage up", async (t) => {
  const abort = new AbortController();
  let next = false;
  const { chain } = chainOf(
    { hooks: { preKill: () => new Promise<void>(() => abort.abort()) } },
    {
      hooks: {
        preKill: () => {
          next = true;
        },
      },
    },
  );
  const error = await refusal(t, chain.run("preKill", subject, { signal: abort.signal }));
  t.is(error.code, Code.Canceled);
  t.false(next);
});

test("HookChain – ends quietly – the caller gives a post stage up", async (t) => {
  const { chain } = chainOf({ hooks: { postKill: () => t.fail() } });
  await chain.run("postKill", subject, { signal: AbortSignal.abort() });
  t.pass();
});

test("HookChain – refuses what may be denied and nothing else – plugins that did not load", async (t) => {
  const chain = HookChain.failing(failedPrecondition("dunnage: plugin x: no such file"));
  for (const stage of allStages) {
    t.is(chain.has(stage), stages[stage].mayDeny);
    const run = chain.run(stage, subject, { signal: never });
    if (stages[stage].mayDeny) t.is((await refusal(t, run)).code, Code.FailedPrecondition);
    else await t.notThrowsAsync(run);
  }
});

test("HookChain – the client's message is one line of bounded length that ends in the id – any reason", async (t) => {
  const property = fc.asyncProperty(
    fc.oneof(fc.string(), fc.string({ minLength: 900, maxLength: 5_000 })),
    async (reason) => {
      const { chain } = chainOf({ hooks: { preStart: (_, { deny }) => deny(reason) } });
      const error = await refusal(t, chain.run("preStart", subject, { signal: never, eventId: "01ID" }));
      t.true(error.message.length <= 900);
      t.regex(error.message, /^dunnage: denied by p1 at preStart: [^\n\r]* \[id=01ID\]$/);
    },
  );
  await fc.assert(property, { numRuns: 50 });
});

test("HookChain – a timeout longer than a timer can wait – the hook has its time", async (t) => {
  const { chain } = chainOf({ timeoutMs: 2 ** 32 - 1, hooks: { preStart: () => sleep(20) } });
  await t.notThrowsAsync(chain.run("preStart", subject, { signal: new AbortController().signal }));
});

test("HookChain – leaves no timer and no listener behind – many runs on one signal", async (t) => {
  const { chain } = chainOf({ timeoutMs: 60_000, hooks: { preStart: () => {} } });
  const signal = new AbortController().signal;
  for (let i = 0; i < 50; i++) await chain.run("preStart", subject, { signal });
  t.is(getEventListeners(signal, "abort").length, 0);
});

test("HookChain – the client gives the call up – Canceled, whatever the reason says", async (t) => {
  const { chain } = chainOf({ hooks: { preStart: () => new Promise(() => {}) } });
  const gone = new AbortController();
  const running = refusal(t, chain.run("preStart", subject, { signal: gone.signal }));
  gone.abort(new Error("the connection is closed"));
  t.is((await running).code, Code.Canceled);
});
