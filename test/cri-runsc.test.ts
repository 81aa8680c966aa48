/** gVisor pods under containerd's CRI plugin: what several containers in one sandbox add to smoke.test.ts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { CriContainerd } from "./_support/cri-containerd.ts";
import { Pod, type PodContainer } from "./_support/cri-pod.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive } from "./_support/proc.ts";
import { type RunscVersion, runscRuntime, runscVersions } from "./_support/runsc.ts";
import { execRequest } from "./_support/task-situations.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const sleep = ["/bin/sleep", "100000"];
const shell = (script: string): readonly string[] => ["/bin/sh", "-c", script];

const dir = mkdtempSync(join(tmpdir(), "runsc-options-"));
const opened = new Map<string, CriContainerd>();

/**
 * Starts containerd's CRI plugin with gVisor as its runtime; the options are in the file that gVisor's own shim reads.
 */
async function openCri({ name, binary, platform }: RunscVersion): Promise<CriContainerd> {
  const options = join(dir, `${name}.toml`);
  // Use the network of the host's kernel: on newer kernels these versions cannot have their own.
  const flags = `platform = "${platform}"\nnetwork = "host"\n`;
  writeFileSync(options, `binary_name = "${binary}"\n[runsc_config]\n${flags}`);
  return CriContainerd.start(
    'linger = "1s"\n',
    `[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "gvisor"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.gvisor]
  runtime_type = "${runscRuntime}"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.gvisor.options]
  TypeUrl = "io.containerd.runsc.v1.options"
  ConfigPath = "${options}"
`,
  );
}

test.before(async () => {
  for (const version of runscVersions) opened.set(version.name, await openCri(version));
});
test.after.always(async () => {
  const ended = await Promise.allSettled([...opened.values()].map((each) => each[Symbol.asyncDispose]()));
  rmSync(dir, { recursive: true });
  for (const result of ended) if (result.status === "rejected") throw result.reason;
});

/**
 * Runs two containers in parallel, a third one that is stopped, and one that exits while containerd is dead; then stops
 * the pod.
 */
async function shared(t: ExecutionContext, cri: CriContainerd): Promise<void> {
  const pod = await Pod.run(cri, "shared");
  const one = await pod.start("one", shell("echo hello; echo oops >&2; sleep 100000"));
  const pid = await one.pid();
  await standApart(t, pod, one);
  t.like(await one.status(), { state: "CONTAINER_RUNNING" });
  t.like(await pod.status(), { state: "SANDBOX_READY" });
  await handlesTerm(t, pod);
  await outlivesContainerd(t, pod);
  t.like(await one.status(), { state: "CONTAINER_RUNNING" });
  t.is((await one.exec(shell("exit 3"))).exitCode, 3);
  await pod.stop();
  t.is(await one.exitCode(), 137);
  await pod.remove();
  t.deepEqual([...cri.remains(pod.id), ...cri.remains(one.id)], []);
  await until(() => !isAlive(pid), "the sandbox ends");
}

/** Runs a second container in the same sandbox. It has its own processes, logs and exit code. */
async function standApart(t: ExecutionContext, pod: Pod, one: PodContainer): Promise<void> {
  const two = await pod.start("two", shell("echo two; until [ -e /go ]; do sleep 0.05; done; exit 7"));
  t.is(await one.pid(), await two.pid(), "the sandbox is one process");
  await until(() => one.log("stderr") !== "" && two.log() !== "", "both have written");
  t.deepEqual([one.log(), one.log("stderr"), two.log()], ["hello\n", "oops\n", "two\n"]);
  const { stdout } = await one.exec(["/bin/ps", "-o", "args"]);
  t.true(stdout.includes("sleep 100000") && !stdout.includes("until"));
  const { ip } = await pod.status();
  t.regex(ip, /^198\.18\.213\.\d+$/);
  const seen = (await two.exec(shell("hostname; ip -4 addr"))).stdout;
  t.true(seen.startsWith("shared\n"));
  t.true(seen.includes(` ${ip}/`), "the pod's address, from inside");
  t.true((await one.stats()).memory.working_set_bytes.value > 0);
  t.is((await two.exec(["/bin/touch", "/go"])).exitCode, 0);
  t.is(await two.exitCode(), 7);
  await two.remove();
}

/** Stops a container whose program handles SIGTERM. */
async function handlesTerm(t: ExecutionContext, pod: Pod): Promise<void> {
  const container = await pod.start("term", shell("trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done"));
  await until(() => container.log() === "ready\n", "it has its handler");
  await container.stop(60);
  t.is(await container.exitCode(), 5);
}

/** Kills containerd; one of the containers exits before containerd is back. */
async function outlivesContainerd(t: ExecutionContext, pod: Pod): Promise<void> {
  const { cri } = pod;
  const container = await pod.start("absence", shell("until [ -e /go ]; do sleep 0.05; done; exit 23"));
  const { id } = container;
  using shim = await cri.connectShim(id);
  await shim.exec(execRequest(id, "go", ["/bin/touch", "/go"]));
  await cri.containerd.kill9();
  await shim.start({ id, exec_id: "go" });
  t.is((await shim.wait({ id })).exit_status, 23);
  await cri.restart();
  t.is(await container.exitCode(), 23);
}

for (const { name } of runscVersions) {
  const scene = () => {
    const cri = opened.get(name);
    if (cri === undefined) throw new Error("no containerd");
    return cri;
  };

  test.serial(
    `runsc ${name} – pod – containers in one sandbox – logs, processes, address, exit codes, also over containerd's death`,
    (t) => shared(t, scene()),
  );

  test.serial(
    `runsc ${name} – pod – kill -9 of the sandbox – 137 for every container, the pod can be removed`,
    async (t) => {
      const cri = scene();
      const pod = await Pod.run(cri, "shot");
      const containers = [await pod.start("one", sleep), await pod.start("two", sleep)];
      process.kill((await containers[0]?.pid()) ?? 0, "SIGKILL");
      for (const container of containers) t.is(await container.exitCode(), 137);
      await until(async () => (await pod.status()).state === "SANDBOX_NOTREADY", "the pod is not ready");
      await pod.stop();
      await pod.remove();
      t.deepEqual(cri.remains(pod.id), []);
    },
  );
}
