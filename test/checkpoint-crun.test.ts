/** Checkpoints with crun, if it is built with CRIU: Debian 12's is not, Debian 13's is. */
import { join } from "node:path";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { Code } from "../packages/ttrpc/src/index.ts";
import { toOciSpec } from "./_support/bundle.ts";
import { Containerd } from "./_support/containerd.ts";
import { Count, checkpointOptions, counting, criuDir, laterCrun } from "./_support/criu.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { refusal } from "./_support/task-client.ts";

checkLeaks(test);

const start = (binary: string, mode: string): Promise<Containerd> => {
  const config = `linger = "1s"\n[stdio]\nmode = "${mode}"\n[runtimes.crun]\nbinary = "${binary}"\n`;
  return Containerd.start({ runtime: "io.containerd.dunnage-crun.v1", path: [criuDir], config });
};

/** Starts a container that counts into `count`. */
async function openCounting(containerd: Containerd, id: string, count: Count): Promise<DirectShim> {
  const shim = await DirectShim.start(containerd, id, {
    spec: toOciSpec(counting, { root: sharedRootfs(containerd) }),
  });
  await shim.create({ stdout: count.path, stderr: count.path });
  await shim.client.start({ id });
  await count.goesOn();
  return shim;
}

for (const mode of ["auto", "pipe"]) {
  test.serial(
    `crun 1.21 – checkpoint and restore, stdio ${mode} – the restored container continues where the first one ended`,
    async (t) => {
      await using containerd = await start(laterCrun, mode);
      using before = new Count(join(containerd.dir, "before"));
      using after = new Count(join(containerd.dir, "after"));
      const image = join(containerd.dir, "image");
      await using first = await openCounting(containerd, "first", before);
      await first.client.checkpoint({ id: "first", path: image, ...checkpointOptions({ exit: true }) });
      t.is((await first.client.wait({ id: "first" })).exit_status, 137);
      await first.client.delete({ id: "first" });
      const last = before.numbers.at(-1) ?? 0;
      const spec = toOciSpec(counting, { root: sharedRootfs(containerd) });
      await using second = await DirectShim.start(containerd, "second", { spec });
      const target = { id: "second" };
      await second.create({ stdout: after.path, stderr: after.path, checkpoint: image });
      const { pid } = await second.client.start(target);
      t.true(pid > 1);
      await after.goesOn();
      t.is(after.numbers[0], last + 1);
      t.like(await second.client.state(target), { status: wire.Status.RUNNING, pid });
      await second.client.kill({ ...target, signal: 9 });
      t.is((await second.client.wait(target)).exit_status, 137);
      await second.client.delete(target);
    },
  );
}

test.serial("crun 1.8.1 – checkpoint – the client gets Unimplemented, the container runs on", async (t) => {
  await using containerd = await start("/usr/bin/crun", "auto");
  using count = new Count(join(containerd.dir, "count"));
  await using shim = await openCounting(containerd, "counts", count);
  const request = { id: "counts", path: join(containerd.dir, "image"), ...checkpointOptions({ exit: true }) };
  t.is((await refusal(shim.client.checkpoint(request)))?.code, Code.Unimplemented);
  await count.goesOn();
  await shim.client.kill({ id: "counts", signal: 9 });
  await shim.client.wait({ id: "counts" });
  await shim.client.delete({ id: "counts" });
});
