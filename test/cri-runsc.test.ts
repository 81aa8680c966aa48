import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { CriContainerd } from "./_support/cri-containerd.ts";
import { Pod } from "./_support/cri-pod.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive } from "./_support/proc.ts";
import { type RunscVersion, runscRuntime, runscVersions } from "./_support/runsc.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const sleep = ["/bin/sleep", "100000"];

/** containerd's CRI plugin with gVisor as its runtime, whose options are in the file of gVisor's own shim. */
async function openCri(t: ExecutionContext, { binary, platform }: RunscVersion, network: string) {
  const dir = mkdtempSync(join(tmpdir(), "runsc-options-"));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const options = join(dir, "runsc.toml");
  const flags = `platform = "${platform}"\nnetwork = "${network}"\n`;
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

for (const version of runscVersions) {
  const title = `runsc ${version.name} – pod`;

  test.serial(`${title} – two containers in one sandbox – their own logs, processes, exit codes`, async (t) => {
    await using cri = await openCri(t, version, "none");
    const pod = await Pod.run(cri, "shared");
    const one = await pod.start("one", ["/bin/sh", "-c", "echo hello; echo oops >&2; sleep 100000"]);
    const two = await pod.start("two", ["/bin/sh", "-c", "echo two; until [ -e /go ]; do sleep 0.05; done; exit 7"]);
    const pids = [await one.pid(), await two.pid()];
    t.is(pids[0], pids[1], "the sandbox is one process");
    await until("both have written", () => one.log("stderr") !== "" && two.log() !== "");
    t.deepEqual([one.log(), one.log("stderr"), two.log()], ["hello\n", "oops\n", "two\n"]);
    const { stdout } = await one.exec(["/bin/ps", "-o", "args"]);
    t.true(stdout.includes("sleep 100000") && !stdout.includes("until"));
    t.is((await two.exec(["/bin/hostname"])).stdout, "shared\n");
    t.true((await one.stats()).memory.working_set_bytes.value > 0);
    t.is((await two.exec(["/bin/touch", "/go"])).exitCode, 0);
    t.is(await two.exitCode(), 7);
    t.like(await one.status(), { state: "CONTAINER_RUNNING" });
    t.like(await pod.status(), { state: "SANDBOX_READY" });
    await two.remove();
    const three = await pod.start("three", [
      "/bin/sh",
      "-c",
      "trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done",
    ]);
    await until("it has its handler", () => three.log() === "ready\n");
    await three.stop(60);
    t.is(await three.exitCode(), 5);
    await pod.stop();
    t.is(await one.exitCode(), 137);
    await pod.remove();
    t.deepEqual([...cri.remains(pod.id), ...cri.remains(one.id)], []);
    await until("the sandbox ends", () => pids.every((pid) => !isAlive(pid)));
  });

  test.serial(`${title} – kill -9 of the sandbox – 137 for every container, the pod can be removed`, async (t) => {
    await using cri = await openCri(t, version, "none");
    const pod = await Pod.run(cri, "shot");
    const containers = [await pod.start("one", sleep), await pod.start("two", sleep)];
    process.kill((await containers[0]?.pid()) ?? 0, "SIGKILL");
    for (const container of containers) t.is(await container.exitCode(), 137);
    await until("the pod is not ready", async () => (await pod.status()).state === "SANDBOX_NOTREADY");
    await pod.stop();
    await pod.remove();
    t.deepEqual(cri.remains(pod.id), []);
  });

  test.serial(`${title} – containerd killed – exit codes of its absence arrive`, async (t) => {
    await using cri = await openCri(t, version, "none");
    const pod = await Pod.run(cri, "absence");
    const one = await pod.start("one", ["/bin/sh", "-c", "sleep 2; exit 23"]);
    const two = await pod.start("two", sleep);
    using shim = await cri.connectShim(one.id);
    await cri.containerd.kill9();
    t.is((await shim.wait({ id: one.id })).exit_status, 23);
    await cri.restart();
    t.is(await one.exitCode(), 23);
    t.like(await two.status(), { state: "CONTAINER_RUNNING" });
    t.is((await two.exec(["/bin/sh", "-c", "exit 3"])).exitCode, 3);
    await pod.stop();
    await pod.remove();
  });

  test.serial(`${title} – network of the host's kernel – the pod's address, from inside`, async (t) => {
    await using cri = await openCri(t, version, "host");
    const pod = await Pod.run(cri, "network");
    const container = await pod.start("one", sleep);
    const { ip } = await pod.status();
    t.regex(ip, /^198\.18\.213\.\d+$/);
    t.true((await container.exec(["/bin/ip", "-4", "addr"])).stdout.includes(` ${ip}/`));
    await pod.stop();
    await pod.remove();
  });
}
