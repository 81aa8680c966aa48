/** What a CRI client reads if a policy refuses its call, and what happens to the pod. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ServiceError, status } from "@grpc/grpc-js";
import test, { type ExecutionContext } from "ava";
import type { AuditEntry } from "../packages/core/src/hooks/audit/audit-entry.ts";
import { audited, readAudit } from "./_support/audit.ts";
import { versionUnderTest } from "./_support/containerd-version.ts";
import { CriContainerd } from "./_support/cri-containerd.ts";
import { ExecStream } from "./_support/cri-exec-stream.ts";
import { Pod, type PodContainer } from "./_support/cri-pod.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";

let cri: CriContainerd;
test.serial.after.always(() => cri?.[Symbol.asyncDispose]()); // before the leak check
checkLeaks(test);
test.before(async () => {
  cri = await CriContainerd.start(config);
});

const withPolicy = isReference ? test.serial.skip : test.serial;

const sleep = ["/bin/sleep", "1000"];

/** Policy files by the name of their plugin: what they match, the name of the rule, and its expression. */
const policies = {
  pods: ['stages = ["preCreate"]\nkinds = ["sandbox"]', "named", `container.pod.name != "forbidden"`],
  programs: ['stages = ["preCreate"]\nkinds = ["container"]', "known", `process.args[0] != "/bin/id"`],
  starts: ['stages = ["preStart"]\nkinds = ["container"]', "ready", `process.args[0] != "/bin/date"`],
  ceiling: ['stages = ["preUpdate"]', "memory", `resources.memory.limit <= quantity("64Mi")`],
} as const;

function config(dir: string): string {
  const plugins = Object.entries(policies).map(([name, [match, rule, expression]]) => {
    const text = `apiVersion = "dunnage/v1"\nname = "${name}"\n[match]\n${match}\n[[validations]]\nname = "${rule}"
expression = '''${expression}'''\nmessage = "not ${rule}"\ncode = "failed-precondition"\n`;
    writeFileSync(join(dir, `${name}.toml`), text);
    return `[[plugin]]\nname = "${name}"\nuse = "policy:${dir}/${name}.toml"\n`;
  });
  return `${audited(dir)}${plugins.join("")}[[plugin]]
name = "probes"
use = "builtin:exec"
config = { allow = [["/bin/echo", "**"]] }
`;
}

/** The stage at which a call is refused, and the policy and rule that refuse it. */
interface Place {
  readonly stage: string;
  readonly policy: string;
  readonly rule: string;
}

/**
 * Checks that `text` says who refused the call, and that the audit log has the same under the same id; returns that
 * entry.
 */
function checkDenial(t: ExecutionContext, text: string, { stage, policy, rule }: Place): AuditEntry {
  const reason = new RegExp(`dunnage: denied by ${policy}/${rule} at ${stage}: (.+?) \\[id=(\\w{26})\\]`).exec(text);
  t.truthy(reason, text);
  const line = readAudit(cri.containerd).find(({ id }) => id === reason?.[2]);
  t.like(line, { stage, policy, rule, decision: "deny" });
  return line as AuditEntry;
}

/**
 * The code that a client gets if the shim answers PermissionDenied. containerd knows that code only since 2.0.
 * @see https://github.com/containerd/containerd/blob/release/1.7/errdefs/grpc.go
 */
const permissionDenied = versionUnderTest === "2.1" ? status.PERMISSION_DENIED : status.UNKNOWN;

/** Checks that a CRI call is refused with this gRPC code; returns the text that the client got. */
async function refused(t: ExecutionContext, call: Promise<unknown>, code: status): Promise<string> {
  const error = (await t.throwsAsync(call)) as ServiceError;
  t.is(status[error.code], status[code], error.message);
  return error.details;
}

/** Runs a pod with one container that the test must not affect. */
async function runPod(cri: CriContainerd, name: string): Promise<{ pod: Pod; untouched: PodContainer }> {
  const pod = await Pod.run(cri, name);
  return { pod, untouched: await pod.start("untouched", sleep) };
}

/**
 * Checks that the pod and its container are unchanged, removes the pod, and checks that nothing is left of these ids.
 */
async function checkAfter(
  t: ExecutionContext,
  { pod, untouched }: { pod: Pod; untouched: PodContainer },
  { pid, ids = [] }: { readonly pid: number; readonly ids?: readonly string[] },
): Promise<void> {
  t.like(await pod.status(), { state: "SANDBOX_READY" });
  t.like(await untouched.status(), { state: "CONTAINER_RUNNING" });
  t.is(await untouched.pid(), pid);
  t.like(await untouched.exec(["/bin/echo", "still"]), { exitCode: 0, stdout: "still\n" });
  await pod.stop();
  await pod.remove();
  for (const id of [pod.id, untouched.id, ...ids]) t.deepEqual(pod.cri.remains(id), []);
}

withPolicy("CRI – RunPodSandbox is refused – the client reads why, no pod is left, others run", async (t) => {
  const neighbour = await runPod(cri, "neighbour");
  const pid = await neighbour.untouched.pid();
  const text = await refused(t, Pod.run(cri, "forbidden"), status.FAILED_PRECONDITION);
  const { container = "" } = checkDenial(t, text, { stage: "preCreate", policy: "pods", rule: "named" });
  t.deepEqual(
    (await cri.call("ListPodSandbox", {})).items.map(({ id }) => id),
    [neighbour.pod.id],
  );
  t.deepEqual(cri.remains(container), []);
  await checkAfter(t, neighbour, { pid });
});

withPolicy(
  "CRI – StartContainer is refused – at create or at start, the pod and its other container run",
  async (t) => {
    const scene = await runPod(cri, "starts");
    const pid = await scene.untouched.pid();
    const ids: string[] = [];
    for (const [program, place] of [
      ["/bin/id", { stage: "preCreate", policy: "programs", rule: "known" }],
      ["/bin/date", { stage: "preStart", policy: "starts", rule: "ready" }],
    ] as const) {
      const container = await scene.pod.create(place.policy, [program]);
      const text = await refused(t, container.start(), status.FAILED_PRECONDITION);
      t.is(checkDenial(t, text, place).container, container.id);
      const { state, reason } = await container.status();
      t.deepEqual([state, reason], ["CONTAINER_EXITED", "StartError"]);
      t.is(container.log(), "", "it never ran");
      ids.push(container.id);
    }
    await checkAfter(t, scene, { pid, ids });
  },
);

withPolicy("CRI – ExecSync and Exec are refused – by the answer, and on the stream", async (t) => {
  const scene = await runPod(cri, "execs");
  const { untouched } = scene;
  const pid = await untouched.pid();
  const place = { stage: "preExec", policy: "probes", rule: "allow" };
  const text = await refused(t, untouched.exec(["/bin/sh", "-c", "echo ran"]), permissionDenied);
  t.is(checkDenial(t, text, place).container, untouched.id);
  using stream = await ExecStream.start(cri, { id: untouched.id, cmd: ["/bin/sh", "-c", "echo ran"], tty: false });
  const { message } = await t.throwsAsync(stream.exitCode());
  t.is(checkDenial(t, message, place).container, untouched.id);
  t.deepEqual([stream.stdout, stream.stderr], ["", ""]);
  using allowed = await ExecStream.start(cri, { id: untouched.id, cmd: ["/bin/echo", "ran"], tty: false });
  t.is(await allowed.exitCode(), 0);
  await checkAfter(t, scene, { pid });
});

withPolicy("CRI – UpdateContainerResources is refused – the container keeps what it had", async (t) => {
  const scene = await runPod(cri, "updates");
  const { untouched } = scene;
  const pid = await untouched.pid();
  await untouched.update({ memory_limit_in_bytes: 48 << 20 });
  t.is(memoryLimit(pid), 48 << 20);
  const text = await refused(t, untouched.update({ memory_limit_in_bytes: 1 << 30 }), status.FAILED_PRECONDITION);
  t.is(checkDenial(t, text, { stage: "preUpdate", policy: "ceiling", rule: "memory" }).container, untouched.id);
  t.is(memoryLimit(pid), 48 << 20);
  await untouched.update({ memory_limit_in_bytes: 64 << 20 });
  t.is(memoryLimit(pid), 64 << 20);
  await checkAfter(t, scene, { pid });
});

withPolicy("CRI – a pod as the kubelet asks for it – mounts nothing that pod-security or mounts refuse", async (t) => {
  // The checks of pod-security that must read the namespaces of process 1 do not work on every machine.
  const guards = { "pod-security": "audit", mounts: "enforce" };
  const plugins = Object.entries(guards).map(
    ([name, mode]) => `[[plugin]]\nname = "${name}"\nuse = "builtin:${name}"\nmode = "${mode}"\ntimeout = "10s"\n`,
  );
  cri.containerd.configure((dir) => audited(dir) + plugins.join(""));
  const { pod, untouched } = await runPod(cri, "ordinary");
  t.like(await untouched.exec(["/bin/cat", "/etc/hostname"]), { exitCode: 0, stdout: "ordinary\n" });
  const files = /mount-types|host-path|root-path|proc-mount|log-uris|timed out/;
  t.deepEqual(
    readAudit(cri.containerd).filter(({ reason = "" }) => files.test(reason)),
    [],
  );
  await pod.stop();
  await pod.remove();
});

/** Returns the memory limit of the cgroup (v1) of a process. */
function memoryLimit(pid: number): number {
  const path = /^\d+:memory:(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))?.[1] ?? "";
  return Number(readFileSync(join("/sys/fs/cgroup/memory", path, "memory.limit_in_bytes"), "utf8"));
}
