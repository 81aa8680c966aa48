import { setTimeout as sleep } from "node:timers/promises";
import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { Draft } from "../../../src/hooks/adjustment/draft.ts";
import type { HookChain } from "../../../src/hooks/chain/chain.ts";
import type { HookSubject } from "../../../src/hooks/event/event.ts";
import type { Hooks, MutatingContext } from "../../../src/hooks/plugin/plugin.ts";
import { chainOf, never, subject } from "../../_support/hooks.ts";

// Misbehaving hooks in the daemon, as far as the daemon survives them. Worse ones are in isolation/bad-hooks.test.ts.

async function refusal(t: ExecutionContext, chain: HookChain, given: HookSubject = subject): Promise<StatusError> {
  const error = await t.throwsAsync(chain.run("preStart", given, { signal: never }));
  t.true(StatusError.is(error), String(error));
  return error as StatusError;
}

const nonsense: readonly unknown[] = [
  false,
  0,
  "deny",
  { deny: true },
  [],
  () => {},
  Symbol("x"),
  Promise.resolve("no"),
];
for (const answer of nonsense) {
  test(`bad hook – what it returns is no answer, the call continues – ${String(answer)} ${typeof answer}`, async (t) => {
    const { chain } = chainOf({ hooks: { preStart: () => answer as undefined } });
    await t.notThrowsAsync(chain.run("preStart", subject, { signal: never }));
    t.is(chain.counts.failed, 0);
  });
}

test("bad hook – a denial with a code that is none – is a denial with the usual one", async (t) => {
  for (const code of ["constructor", "__proto__", "toString", "", 7]) {
    const { chain } = chainOf({
      hooks: { preStart: (_, { deny }) => deny("no", { code: code as "permission-denied" }) },
    });
    const error = await refusal(t, chain);
    t.is(error.code, Code.PermissionDenied, String(code));
    t.regex(error.message, /: no \[id=/);
  }
});

test("bad hook – never returns – the call is refused at the deadline, and other containers' calls continue", async (t) => {
  const hooks: Hooks = {
    preStart: ({ container }) => (container.id === "c1" ? new Promise<void>(() => {}) : undefined),
  };
  const { chain } = chainOf({ hooks, timeoutMs: 200 });
  const stuck = refusal(t, chain);
  const other = { ...subject, container: { ...subject.container, id: "c2" } } as HookSubject;
  let done = 0;
  for (; done < 50; done++) await chain.run("preStart", other, { signal: never });
  t.is(done, 50);
  t.is((await stuck).code, Code.Unavailable);
});

test("bad hook – blocks the event loop past its time – what it says at last counts: there is no way to cut it", async (t) => {
  const hooks: Hooks = {
    preStart: ({ container }, { deny, deadlineAt }) => {
      for (const end = deadlineAt.getTime() + 50; Date.now() < end; );
      if (container.id === "c1") deny("late");
    },
  };
  const { chain } = chainOf({ hooks, timeoutMs: 50 });
  t.regex((await refusal(t, chain)).message, /denied by p1 at preStart: late/);
  const other = { ...subject, container: { ...subject.container, id: "c2" } } as HookSubject;
  await t.notThrowsAsync(chain.run("preStart", other, { signal: never }));
});

test("bad hook – writes to its event – has changed nothing for the next one", async (t) => {
  const seen: unknown[] = [];
  const hooks: Hooks = {
    preStart: [
      (event) => {
        for (const change of [
          () => Reflect.set(event.spec, "hostname", "evil"),
          () => Reflect.set(event.container.annotations, "constructor", { admin: true }),
          () => Reflect.defineProperty(event, "stage", { value: "exit" }),
          () => Reflect.setPrototypeOf(event.spec, { hostname: "evil" }),
          () => Reflect.deleteProperty(event.container, "id"),
        ])
          seen.push(change());
      },
      (event) => void seen.push(event.spec.hostname, event.container.id, event.stage),
    ],
  };
  const { chain } = chainOf({ hooks });
  await chain.run("preStart", { ...subject, spec: { process: {} } }, { signal: never });
  t.deepEqual(seen, [false, false, false, false, false, undefined, "c1", "preStart"]);
});

test("bad hook – asks for keys of every object – is refused, and no object has got any", async (t) => {
  const paths = [
    "/__proto__/polluted",
    "/constructor/prototype/polluted",
    "/annotations/__proto__",
    "/process/env/__proto__",
  ];
  for (const path of paths) {
    const hooks: Hooks = {
      preCreate: {
        phase: "mutate",
        handler: (_, { adjust }: MutatingContext<"preCreate">) => adjust.apply({ op: "set", path, value: "1" }),
      },
    };
    const draft = new Draft("preCreate", { annotations: {}, process: { env: [] } });
    const view = ({ target }: Draft) => ({ spec: target });
    await chainOf({ hooks })
      .chain.run("preCreate", subject, { signal: never, draft, view })
      .catch(() => undefined);
    t.false("polluted" in {}, path);
    t.is(Object.getPrototypeOf(draft.target["annotations"]), Object.prototype, path);
  }
});

test("bad hook – a spec of 10 MB – is judged whole", async (t) => {
  const args = Array.from({ length: 11_000 }, (_, i) => `${i}${"x".repeat(1_024)}`);
  const { chain } = chainOf({
    timeoutMs: 30_000,
    hooks: {
      preStart: ({ spec }, { deny }) => {
        const last = spec.process?.args?.at(-1)?.slice(0, 5);
        deny(`${last} of ${JSON.stringify(spec).length > 10 * 2 ** 20}`);
      },
    },
  });
  const error = await refusal(t, chain, { ...subject, spec: { process: { args } } });
  t.regex(error.message, /: 10999 of true \[id=/);
});

test("bad hook – continues after its time, and denies or throws then – is ignored", async (t) => {
  const late = Promise.withResolvers<void>();
  const { chain } = chainOf({
    timeoutMs: 50,
    hooks: {
      preStart: async (_, { deny }) => {
        await late.promise;
        deny("too late");
      },
    },
  });
  const error = await refusal(t, chain);
  late.resolve();
  await sleep(1);
  t.regex(error.message, /timed out/);
  t.deepEqual({ ...chain.counts }, { denied: 0, failed: 0, timedOut: 1, passed: 0 });
});
