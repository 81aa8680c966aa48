import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { connectShim } from "./_support/task-client.ts";

checkLeaks(test);

const grouped = isReference ? test.serial.skip : test.serial;

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

async function shimPid(id: string): Promise<number> {
  using client = await connectShim(containerd, id);
  return (await client.connect({ id })).shim_pid;
}

grouped("grouping – first containers at the same time – end up in one daemon, which the next ones share", async (t) => {
  const ids = Array.from({ length: 8 }, (_, index) => `first-${index}`);
  await inParallel(ids, 8, (id) => containerd.runDetached(id, ["/bin/sleep", "1000"]));
  for (const id of ["next", "last"]) {
    await containerd.runDetached(id, ["/bin/sleep", "1000"]);
    ids.push(id);
  }
  const daemons = await Promise.all(ids.map(shimPid));
  t.is(new Set(daemons).size, 1);
});
