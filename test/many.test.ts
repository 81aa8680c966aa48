import test from "ava";
import { toOciSpec } from "./_support/bundle.ts";
import { Containerd } from "./_support/containerd.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive, readDescendants } from "./_support/proc.ts";
import { connectShim } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

test.serial("200 containers, 8 at a time – every one gives its own output and exit code", async (t) => {
  const numbers = Array.from({ length: 200 }, (_, index) => index);
  const results = await inParallel(numbers, 8, (number) =>
    containerd.run(`many-${number}`, ["/bin/sh", "-c", `echo ${number}; exit ${number}`], { flags: ["--rm"] }),
  );
  for (const [number, result] of results.entries()) {
    t.like(result, { status: number, stdout: `${number}\n` }, `${number}: ${result.stderr}`);
  }
});

test.serial("exit before Start returns – 24 at a time, the exit code is never lost", async (t) => {
  const numbers = Array.from({ length: 48 }, (_, index) => index);
  const results = await inParallel(numbers, 24, (number) =>
    containerd.run(`short-${number}`, ["/bin/false"], { flags: ["--rm", "--null-io"] }),
  );
  for (const { status, stderr } of results) t.is(status, 1, stderr);
});

test.serial("Wait – ten clients at once – all get the same answer, also those that come late", async (t) => {
  await containerd.runDetached("waiters", ["/bin/sleep", "1000"]);
  const connect = () => connectShim(containerd, "waiters");
  const clients = await Promise.all(Array.from({ length: 10 }, connect));
  const waits = clients.map((client) => client.wait({ id: "waiters" }));
  using killer = await connect();
  await killer.kill({ id: "waiters", signal: 9 });
  const answers = await Promise.all(waits);
  answers.push(await killer.wait({ id: "waiters" }));
  for (const answer of answers) {
    t.is(answer.exit_status, 137);
    t.deepEqual(answer.exited_at, answers[0]?.exited_at);
  }
  for (const client of clients) client[Symbol.dispose]();
  await containerd.remove("waiters");
});

test.serial("Wait – clients that went away – do not disturb the others", async (t) => {
  await containerd.runDetached("gone", ["/bin/sleep", "1000"]);
  for (let round = 0; round < 20; round++) {
    using client = await connectShim(containerd, "gone");
    client.wait({ id: "gone" }).catch(() => undefined);
    await client.connect({ id: "gone" });
  }
  using client = await connectShim(containerd, "gone");
  const wait = client.wait({ id: "gone" });
  await client.kill({ id: "gone", signal: 9 });
  t.is((await wait).exit_status, 137);
  await containerd.remove("gone");
});

test.serial("orphans – 2,000 left by processes of the container – are reaped, the exit code stays", async (t) => {
  // Each child leaves a grandchild behind, whose parent becomes the container's init: a shell, which reaps them.
  const script = "i=0; while [ $i -lt 2000 ]; do (true &); i=$((i+1)); done; exit 6";
  t.like(await containerd.run("orphans", ["/bin/sh", "-c", script], { flags: ["--rm"] }), { status: 6 });
});

test.serial("orphans – in the host's pid namespace – the shim reaps them all and ends the stragglers", async (t) => {
  const script = "i=0; while [ $i -lt 1000 ]; do (sleep 0 &); i=$((i+1)); done; (sleep 1000 &) ; sleep 1000";
  const spec = toOciSpec(["/bin/sh", "-c", script], { root: sharedRootfs(containerd), pidNamespace: false });
  await using shim = await DirectShim.start(containerd, "host-pid", { spec });
  const { client, id } = shim;
  await shim.create();
  await client.start({ id });
  const { shim_pid } = await client.connect({ id });
  const straggler = await until("the straggler has become the shim's child", () =>
    readDescendants(shim_pid).find(({ ppid, argv }) => ppid === shim_pid && argv.join(" ") === "sleep 1000"),
  );
  await until("no zombie is left", () => !readDescendants(shim_pid).some(({ state }) => state === "Z"));
  await client.kill({ id, signal: 9 });
  t.is((await client.wait({ id })).exit_status, 137);
  await until("the straggler ends with its container", () => !isAlive(straggler.pid));
});
