import { join } from "node:path";
import test from "ava";
import { AvaOutput } from "../../scripts/ava-output.ts";
import { runInVm } from "../../scripts/vm/run.ts";

const root = join(import.meta.dirname, "../..");
const timeoutMs = 20 * 60_000;

/** What depends on the version of cgroups; these tests run on the host as well, whose version is another one. */
const files = [
  "packages/core/test/cgroups/oom.test.ts",
  "test/metrics.test.ts",
  "test/oom.test.ts",
  "test/pause.test.ts",
];

const vmTest = process.arch === "x64" ? test : test.skip;

vmTest("cgroup v2 – metrics, out-of-memory events, freezer, update – the tests pass in a VM", async (t) => {
  t.timeout(timeoutMs);
  const output = new AvaOutput();
  const lines: string[] = [];
  // containerd makes the directories when it runs for the first time: they are nobody's leak.
  const command = [
    `cd '${root}'`,
    "mkdir -p /run/containerd/runc /run/containerd/s",
    `exec node_modules/node/bin/node scripts/test.ts ${files.join(" ")}`,
  ];
  const onLine = (line: string): void => {
    lines.push(line);
    output.line(line);
  };
  const status = await runInVm(command.join(" && "), onLine, AbortSignal.timeout(timeoutMs));
  const { passed, failed, skipped } = output.end("vm", status);
  t.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped in the VM`);
  if (failed.length > 0) t.log(lines.join("\n"));
  t.deepEqual(failed, []);
  t.is(status, 0);
  t.true(passed >= files.length);
});
