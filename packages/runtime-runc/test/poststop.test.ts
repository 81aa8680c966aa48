import { existsSync } from "node:fs";
import test from "ava";
import { wire } from "../../core/src/proto/gen/wire.js";
import type { TaskDeps } from "../../core/src/task/deps.ts";
import { openTasks } from "../../core/test/_support/task-fixture.ts";
import { until } from "../../core/test/_support/until.ts";
import { never, RuncContainer, runtime, shim } from "./_support/runc-container.ts";

test.after.always(() => shim[Symbol.dispose]());

/** Opens a container that has ended. Its first `poststop` hook waits for the file `go`; another hook follows. */
async function openEnded(c: RuncContainer, timeout?: { readonly timeout: number }) {
  const { bundle } = c;
  const script = `touch ${bundle.join("begun")}; until [ -e ${bundle.join("go")} ]; do sleep 0.02; done; touch ${bundle.join("first")}`;
  const first = { path: "/bin/sh", args: ["sh", "-c", script], ...timeout };
  const second = { path: "/bin/sh", args: ["sh", "-c", `touch ${bundle.join("second")}`] };
  bundle.setHooks({ poststop: [first, { ...second, ...timeout }] });
  const { reaper, commands } = shim;
  const runtimeOf: TaskDeps["runtimeOf"] = async () => ({ name: "runc", runtime, defaults: {} });
  const f = openTasks({ reaper, commands, runtimeOf, namespace: "test", forgetLimitMs: 1 });
  const { id, path } = bundle;
  const { root } = c.container.options;
  const value = wire.RuncOptions.encode({ root }).finish();
  const options = wire.Any.create({ type_url: "containerd.runc.v1.Options", value });
  await f.tasks.create(wire.CreateTaskRequest.create({ id, bundle: path, options }), never);
  await f.tasks.start(id, "", never);
  await f.tasks.kill(wire.KillRequest.create({ id, signal: 9 }), never);
  await f.tasks.process(id, "").wait(never);
  return f;
}

for (const [title, timeout] of [
  ["without a limit", undefined],
  ["with a limit longer than ours", { timeout: 60 }],
] as const) {
  test.serial(`Delete – a poststop hook ${title} – waits until all have run`, async (t) => {
    await using c = new RuncContainer({ args: ["sleep", "1000"] });
    using f = await openEnded(c, timeout);
    const { bundle } = c;
    await until(() => existsSync(bundle.join("begun")), "the hook runs");
    // If a client abandons the call, nothing ends.
    await t.throwsAsync(f.tasks.delete(bundle.id, "", AbortSignal.timeout(20)), { name: "TimeoutError" });
    const deleting = f.tasks.delete(bundle.id, "", never);
    await shim.commands.run({ path: "/bin/touch", args: [bundle.join("go")] }, never);
    t.is((await deleting).exit_status, 137);
    t.true(existsSync(bundle.join("first")));
    t.true(existsSync(bundle.join("second")));
  });
}
