import { rmSync, writeFileSync } from "node:fs";
import test from "ava";
import type { Dialect, Invocation } from "../../_support/fake-containerd.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { warm } from "../../_support/warm.ts";

/** What makes a start one of another group. */
const strangers: Readonly<Record<string, Invocation>> = {
  "another namespace": { namespace: "other" },
  "another containerd": { address: "/run/other/containerd.sock" },
  "another event service": { ttrpcAddress: "/run/other/containerd.sock.ttrpc" },
  debug: { debug: true },
};
for (const [what, invocation] of Object.entries(strangers)) {
  for (const dialect of ["1.7", "2.3"] as Dialect[]) {
    test.serial(
      `launcher – another daemon, which then serves its own kind – ${what}, as ${dialect} calls`,
      async (t) => {
        await using scene = await warm("dash", { dialect });
        const { containerd, cold, distribution } = scene;
        const other = await containerd.start({ dialect, ...invocation });
        t.is(other.stderr, "");
        t.not(other.address, cold.address);
        const nodes = distribution.nodes;
        t.is((await containerd.start({ id: "c2", dialect, ...invocation })).address, other.address);
        t.is((await containerd.start({ id: "c3", dialect })).address, cold.address);
        t.is(distribution.nodes, nodes);
      },
    );
  }
}

test.serial("launcher – not the daemon of the others – core scheduling", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  const outcome = await containerd.start({ env: { SCHED_CORE: "1" } });
  t.not(outcome.address, cold.address);
  // Many kernels and machines cannot do it, and then it must not look as if they did.
  if (outcome.status !== 0) t.regex(outcome.stderr, /^enable sched core support: prctl: (EINVAL|ENODEV)\n$/);
});

test.serial("launcher – another daemon – new installation", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold, distribution } = scene;
  distribution.setBuild("build-2");
  t.not((await containerd.start()).address, cold.address);
});

test.serial("launcher – another daemon – configuration changed, added or removed since", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  const seen = new Set([cold.address]);
  containerd.configure("cap = 3\n");
  seen.add((await containerd.start({ id: "c1" })).address);
  t.is(seen.size, 2);
  seen.add((await containerd.start({ id: "c2" })).address);
  t.is(seen.size, 2);
  rmSync(containerd.configPath);
  seen.add((await containerd.start({ id: "c3" })).address);
  t.is(seen.size, 3);
});

test.serial("launcher – another daemon – another mount namespace", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold, distribution } = scene;
  const script = `#!/bin/sh\nexec unshare -m --propagation unchanged '${distribution.launcher()}' "$@"\n`;
  using dir = new TempDir();
  const wrapper = dir.join("containerd-shim-dunnage-runc-v1");
  writeFileSync(wrapper, script, { mode: 0o755 });
  containerd.callThrough(wrapper);
  const first = await containerd.start({ id: "c1" });
  t.is(first.stderr, "");
  t.not(first.address, cold.address);
});
