/** Every stage of the table in hooks.md, as a plugin sees it when containerd's own clients make the calls. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { type Stage, stages } from "../packages/core/src/hooks/event/stages.ts";
import { Containerd } from "./_support/containerd.ts";
import { versionUnderTest } from "./_support/containerd-version.ts";
import { CriContainerd } from "./_support/cri-containerd.ts";
import { Pod } from "./_support/cri-pod.ts";
import { criuDir } from "./_support/criu.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { connectShim } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const withHooks = isReference ? test.serial.skip : test.serial;

const names = Object.keys(stages) as Stage[];

function config(dir: string): string {
  const hooks = names.map((name) => `${name}: write`).join(", ");
  const plugin = `import { appendFileSync } from "node:fs";
import { definePlugin } from "@dunnage/core";
const write = ({ stage }, { config }) => appendFileSync(config.file, stage + "\\n");
export default definePlugin({ name: "stages", apiVersion: 1, hooks: { ${hooks} } });
`;
  writeFileSync(join(dir, "stages.mjs"), plugin);
  return `linger = "1s"
[[plugin]]
name = "stages"
use = "module:${dir}/stages.mjs"
config = { file = "${dir}/stages" }
`;
}

const seen = ({ dir }: Containerd): ReadonlySet<string> =>
  new Set(existsSync(join(dir, "stages")) ? readFileSync(join(dir, "stages"), "utf8").split("\n") : []);

/**
 * Waits until all stages were seen. Some are reported without a client waiting for them, the last one when the daemon's
 * linger has passed.
 */
async function sees(containerd: Containerd, expected: readonly Stage[]): Promise<void> {
  const missing = (): readonly Stage[] => expected.filter((stage) => !seen(containerd).has(stage));
  await until(() => missing().length === 0, "every stage was seen").catch(() => {
    throw new Error(`never seen: ${missing().join(", ")}`);
  });
}

const but = (...without: readonly Stage[]): readonly Stage[] => names.filter((name) => !without.includes(name));

const greedy = ["/bin/sh", "-c", 'x=$(head -c 1000000 /dev/zero | tr "\\0" x); while :; do x="$x$x"; done'];

withHooks("ctr – a container's whole life – every stage is seen", async (t) => {
  await using containerd = await Containerd.start({ config, path: [criuDir] });
  await containerd.runDetached("life", ["/bin/sleep", "1000"]);
  await containerd.exec("life", "one", ["/bin/true"]);
  await containerd.ctrOk("task", "pause", "life");
  await containerd.ctrOk("task", "resume", "life");
  const image = join(containerd.dir, "image");
  mkdirSync(image);
  await containerd.ctrOk("task", "checkpoint", "--image-path", image, "life");
  using client = await connectShim(containerd, "life"); // ctr has no command for Update
  await client.update({ id: "life", resources: { value: Buffer.from('{"memory":{"limit":67108864}}') } });
  client[Symbol.dispose]();
  t.is((await containerd.run("missing", ["/bin/bahs"])).status, 1);
  await containerd.run("oom", greedy, { flags: ["--memory-limit", String(24 << 20)] });
  await containerd.ctrOk("task", "kill", "--signal", "TERM", "life");
  for (const id of ["life", "missing", "oom"]) await containerd.remove(id);
  await sees(containerd, names);
});

/** Whether the CRI plugin of this line has CheckpointContainer. */
const hasCheckpoint = versionUnderTest === "2.1";
const checkpoints: readonly Stage[] = ["preCheckpoint", "postCheckpoint"];

withHooks("CRI – a pod's whole life – every stage is seen, but those of calls that CRI does not have", async (t) => {
  await using cri = await CriContainerd.start(config, undefined, [criuDir]);
  const pod = await Pod.run(cri, "stages");
  const container = await pod.start("main", ["/bin/sleep", "1000"]);
  t.like(await container.exec(["/bin/echo", "x"]), { exitCode: 0, stdout: "x\n" });
  await container.update({ memory_limit_in_bytes: 64 << 20 });
  const checkpoint = container.checkpoint(join(cri.containerd.dir, "checkpoint.tar"));
  await (hasCheckpoint ? checkpoint : t.throwsAsync(checkpoint, { message: /^12 UNIMPLEMENTED: / }));
  await t.throwsAsync(pod.start("missing", ["/bin/bahs"]));
  const oom = await pod.start("oom", greedy, { memory_limit_in_bytes: 24 << 20 });
  t.is(await oom.exitCode(), 137);
  await container.stop(1);
  await pod.stop();
  await pod.remove();
  const pauses: readonly Stage[] = ["prePause", "postPause", "preResume", "postResume"];
  await sees(cri.containerd, but(...pauses, ...(hasCheckpoint ? [] : checkpoints)));
  if (!hasCheckpoint) t.false(checkpoints.some((stage) => seen(cri.containerd).has(stage)));
});
