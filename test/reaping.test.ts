/** Early exits, and exits of processes that have lost their parent. containerd's version makes no difference here. */
import test from "ava";
import { toOciSpec } from "./_support/bundle.ts";
import { Containerd } from "./_support/containerd.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive, type ProcessStatus, readDescendants } from "./_support/proc.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

test.serial("exit before Start returns – 24 at a time, the exit code is never lost", async (t) => {
  const numbers = Array.from({ length: 48 }, (_, index) => index);
  const results = await inParallel(numbers, 24, (number) =>
    containerd.run(`short-${number}`, ["/bin/false"], { flags: ["--rm", "--null-io"] }),
  );
  for (const { status, stderr } of results) t.is(status, 1, stderr);
});

test.serial("orphans – 2,000 left by processes of the container – are reaped, the exit code stays", async (t) => {
  // Each child leaves a grandchild behind. The container's init becomes its parent: a shell, which reaps it.
  const script = "i=0; while [ $i -lt 2000 ]; do (true &); i=$((i+1)); done; exit 6";
  const args = containerd.runArgs("orphans", ["/bin/sh", "-c", script], { flags: ["--rm"] });
  t.like(await containerd.ctrWith({ timeoutMs: 240_000 }, ...args), { status: 6 });
});

test.serial("orphans – in the host's pid namespace – the shim reaps them all and ends the stragglers", async (t) => {
  const script = "i=0; while [ $i -lt 1000 ]; do (sleep 0 &); i=$((i+1)); done; (sleep 1000 &) ; sleep 1000";
  const spec = toOciSpec(["/bin/sh", "-c", script], { root: sharedRootfs(containerd), pidNamespace: false });
  await using shim = await DirectShim.start(containerd, "host-pid", { spec });
  const { client, id } = shim;
  await shim.create();
  await client.start({ id });
  const { shim_pid } = await client.connect({ id });
  const isStraggler = ({ ppid, argv }: ProcessStatus) => ppid === shim_pid && argv.join(" ") === "sleep 1000";
  const findStraggler = () => readDescendants(shim_pid).find(isStraggler);
  const straggler = await until(findStraggler, "the straggler has become the shim's child", 120_000);
  await until(() => !readDescendants(shim_pid).some(({ state }) => state === "Z"), "no zombie is left");
  await client.kill({ id, signal: 9 });
  t.is((await client.wait({ id })).exit_status, 137);
  await until(() => !isAlive(straggler.pid), "the straggler ends with its container");
});
