import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { toOciSpec } from "../_support/bundle.ts";
import { Containerd } from "../_support/containerd.ts";
import { DirectShim, sharedRootfs } from "../_support/direct-shim.ts";
import { LauncherLinks } from "../_support/launcher-links.ts";
import { checkLeaks } from "../_support/leak-check.ts";
import { findCgroups } from "../_support/proc.ts";
import { connectShim, refusal } from "../_support/task-client.ts";
import { until } from "../_support/until.ts";

checkLeaks(test);

const runtime = "io.containerd.dunnage-bwrap.v1";
const plugin = join(import.meta.dirname, "../../examples/runtime-bwrap/index.ts");
const absent = "io.containerd.dunnage-bwrap-absent.v1";
const config = `linger = "1s"
[runtimes.bwrap]
use = "module:${plugin}"
[runtimes.bwrap-absent]
use = "module:${plugin}"
binary = "/does/not/exist"
`;

let links: LauncherLinks;
let containerd: Containerd;
test.before(async () => {
  links = await LauncherLinks.make(runtime, absent);
  containerd = await Containerd.start({ runtime, config, path: [links.dir] });
});
test.after.always(async () => {
  await containerd[Symbol.asyncDispose]();
  links[Symbol.dispose]();
});

const run = (id: string, script: string, flags: readonly string[] = []) =>
  containerd.run(id, ["/bin/sh", "-c", script], { flags: ["--rm", ...flags] });

test.serial("bwrap – a program – its output, errors and exit code are the container's", async (t) => {
  t.like(await run("out", "echo out; echo err >&2; exit 7"), { status: 7, stdout: "out\n", stderr: "err\n" });
});

test.serial("bwrap – config.json – decides on processes, host name, environment, user and capabilities", async (t) => {
  const words = "echo $$; hostname; env | grep COLOUR; id -u; grep CapBnd /proc/self/status; touch /bin/x";
  const spec = {
    ...toOciSpec(["/bin/sh", "-c", words], { root: sharedRootfs(containerd) }),
    process: {
      args: ["/bin/sh", "-c", words],
      cwd: "/",
      env: ["PATH=/bin", "COLOUR=a=b"],
      user: { uid: 7, gid: 8 },
      capabilities: { bounding: ["CAP_KILL"] },
    },
    root: { path: sharedRootfs(containerd), readonly: true },
    hostname: "boxed",
    linux: { namespaces: [{ type: "pid" }, { type: "uts" }], cgroupsPath: `/${containerd.namespace}/spec` },
  };
  const file = join(containerd.dir, "spec.json");
  writeFileSync(file, JSON.stringify(spec));
  const flags = ["--rm", "--runtime", runtime, "--fifo-dir", containerd.fifoDir, "--config", file];
  const { stdout, stderr } = await containerd.ctr("run", ...flags, "spec");
  t.is(stdout, "1\nboxed\nCOLOUR=a=b\n7\nCapBnd:\t0000000000000020\n");
  t.regex(stderr, /\/bin\/x: Read-only file system/);
});

test.serial("bwrap – a container that runs – has a cgroup, is signalled, leaves nothing", async (t) => {
  await containerd.runDetached("runs", ["/bin/sh", "-c", "trap 'exit 42' TERM; while :; do sleep 0.1; done"]);
  using client = await connectShim(containerd, "runs");
  const metrics = JSON.parse(await containerd.ctrOk("task", "metrics", "--format", "json", "runs"));
  t.true(Number(metrics.memory.usage.usage ?? metrics.memory.usage) > 0);
  t.true(((await client.pids({ id: "runs" })).processes ?? []).length >= 2);
  // The container's pid 1 ignores signals until the shell has set its trap.
  await until(async () => {
    await containerd.ctr("task", "kill", "-s", "SIGTERM", "runs");
    return (await containerd.task("runs"))?.status === "STOPPED";
  }, "SIGTERM ends it");
  t.is((await client.wait({ id: "runs" })).exit_status, 42);
  t.is((await refusal(client.exec({ id: "runs", exec_id: "e" })))?.code, 12);
  await containerd.remove("runs");
  t.deepEqual(findCgroups(`${containerd.namespace}/runs`), []);
});

test.serial("bwrap – no such program, no bwrap, a terminal – the client reads why", async (t) => {
  const missing = await containerd.run("missing", ["/bin/nothing"], { flags: ["--rm"] });
  t.is(missing.status, 1);
  t.regex(missing.stderr, /exec: "\/bin\/nothing": executable file not found/);
  const noBinary = await containerd.run("no-binary", ["/bin/true"], { flags: ["--runtime", absent] });
  t.regex(noBinary.stderr, /\/does\/not\/exist: executable file not found/);
  await using shim = await DirectShim.start(containerd, "tty", { runtime });
  const refused = await refusal(shim.create({ terminal: true }));
  t.deepEqual(refused, { code: 12, message: "bwrap gives no terminal" });
});

test.serial("bwrap – the daemon is killed – its containers end with it", async (t) => {
  await containerd.runDetached("orphan", ["/bin/sleep", "1000"]);
  using client = await connectShim(containerd, "orphan");
  const { shim_pid } = await client.connect({ id: "orphan" });
  process.kill(shim_pid, "SIGKILL");
  await until(() => containerd.processes().length === 0, "nothing of it runs");
  await until(() => !existsSync(containerd.bundle("orphan")), "containerd has cleaned up");
  t.deepEqual(findCgroups(`${containerd.namespace}/orphan`), []);
  await containerd.ctrOk("container", "delete", "orphan");
});
