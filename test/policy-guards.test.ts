/**
 * Protection of policies against a missing drop-in, a later file and a client's claims: what ctr reports, and the audit
 * log.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import test from "ava";
import type { AuditEntry } from "../packages/core/src/hooks/audit/audit-entry.ts";
import { audited, readAudit } from "./_support/audit.ts";
import type { Containerd } from "./_support/containerd.ts";
import { CriContainerd } from "./_support/cri-containerd.ts";
import { Pod } from "./_support/cri-pod.ts";
import { isAlive } from "./_support/proc.ts";
import { removeRemains } from "./_support/remains.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { shareContainerd } from "./_support/shared-containerd.ts";
import { connectShim } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

const configured = shareContainerd(test);

const withPolicy = isReference ? test.serial.skip : test.serial;

const sleep = ["/bin/sleep", "1000"];

/** Returns a plugin that allows only execs of this program. */
const probes = (name: string, more = ""): string =>
  `[[plugin]]\nname = "${name}"\nuse = "builtin:exec"\nconfig = { allow = [["/bin/true"]] }\n${more}`;

const exempted = (containerd: Containerd): readonly AuditEntry[] =>
  readAudit(containerd).filter(({ decision }) => decision === "exempt");

/** Waits for the audit log: the line of an exempt call is written after the answer. */
const untilExempted = (containerd: Containerd, count: number): Promise<readonly AuditEntry[]> =>
  until(() => {
    const lines = exempted(containerd);
    return lines.length >= count && lines;
  }, `${count} exempt calls are in the audit log`);

function writeDropIn({ dir }: Containerd, name: string, text: string): string {
  const path = join(dir, "etc/conf.d", name);
  mkdirSync(join(dir, "etc/conf.d"), { recursive: true });
  writeFileSync(path, text);
  return path;
}

withPolicy("required – its drop-in is gone, or has a typo – nothing is created until it is back", async (t) => {
  const config = (dir: string): string => {
    mkdirSync(join(dir, "etc/conf.d"));
    writeFileSync(join(dir, "etc/conf.d/agent.toml"), agent);
    return `${audited(dir)}[hooks]\nrequired = ["corp-agent"]\n`;
  };
  const agent = probes("corp-agent", 'match = { annotations = { judged = "yes" } }\n');
  const containerd = configured(config);
  const id = async (execId: string) => (await containerd.exec("running", execId, ["/bin/id"])).stderr;
  await containerd.runDetached("running", sleep, { flags: ["--annotation", "judged=yes"] });
  t.regex(await id("before"), /denied by corp-agent\/allow at preExec/);

  rmSync(join(containerd.dir, "etc/conf.d/agent.toml"));
  const refused = await containerd.run("refused", ["/bin/echo", "ran"]);
  t.like(refused, { status: 1, stdout: "" });
  const where = `${containerd.dir}/etc/config.toml:5: \`hooks.required\` "corp-agent" is missing`;
  t.true(refused.stderr.includes(`${where}: no [[plugin]] has this name`), refused.stderr);
  t.is(await containerd.task("refused"), undefined);
  await containerd.ctrOk("container", "delete", "refused");
  t.regex(await id("meanwhile"), /denied by corp-agent\/allow at preExec/, "what runs is judged as before");

  const path = writeDropIn(containerd, "agent.toml", agent.replace("corp-agent", "corp-agnet"));
  const typo = await containerd.run("typo", ["/bin/echo", "ran"]);
  t.true(typo.stderr.includes(`${where}: no [[plugin]] has this name; did you mean \`corp-agnet\`?`), typo.stderr);
  await containerd.ctrOk("container", "delete", "typo");

  writeFileSync(path, agent);
  t.like(await containerd.run("back", ["/bin/echo", "ran"], { flags: ["--rm"] }), { status: 0, stdout: "ran\n" });
  t.regex(await id("after"), /denied by corp-agent\/allow at preExec/);
});

withPolicy("required – it does not load, and would be done without – ctr reads why", async (t) => {
  const config = (dir: string): string =>
    `${audited(dir)}[hooks]\nrequired = ["agent"]\non_error = "open"\n[[plugin]]\nname = "agent"\nuse = "module:${dir}/agent.mjs"\n`;
  const containerd = configured(config);
  const refused = await containerd.run("refused", ["/bin/echo", "ran"]);
  t.like(refused, { status: 1, stdout: "" });
  t.regex(refused.stderr, /dunnage: plugin agent \(module:\S+agent\.mjs\): no such file/);
  await containerd.ctrOk("container", "delete", "refused");
});

withPolicy(
  "exempt – a namespace – runs what is refused elsewhere, each call with its line, until it is not",
  async (t) => {
    const pss = '[[plugin]]\nname = "pss"\nuse = "builtin:pod-security"\nconfig = { strict = false }\n';
    const config = (dir: string): string =>
      `${audited(dir)}${pss}${probes("probes")}[hooks.exempt]\nnamespaces = ["${basename(dir)}-build"]\npods = ["kube-system/*"]\n`;
    const containerd = configured(config);
    const build = ["--namespace", `${containerd.namespace}-build`];
    await containerd.ctrOk(...build, "image", "import", join(containerd.dir, "image.tar"));
    const cri = "io.kubernetes.cri";
    const pod = ["sandbox-namespace=kube-system", "sandbox-name=etcd", "container-type=container"];
    const flags = ["--privileged", "-d", ...pod.flatMap((each) => ["--annotation", `${cri}.${each}`])];

    const elsewhere = await containerd.run("elsewhere", sleep, { flags });
    t.is(elsewhere.status, 1);
    t.regex(elsewhere.stderr, /denied by pss\S* at preCreate/, "what a client says of pods is not believed here");
    t.deepEqual(exempted(containerd), []);

    await using remains = new AsyncDisposableStack();
    remains.defer(async () => {
      await containerd.ctr(...build, "task", "delete", "--force", "free");
      await containerd.ctr(...build, "container", "delete", "free");
      await removeRemains({ dir: join(containerd.dir, "build"), namespace: `${containerd.namespace}-build` }, []);
    });
    await containerd.ctrOk(...build, ...containerd.runArgs("free", sleep, { flags }));
    const exec = (execId: string) =>
      containerd.ctr(
        ...build,
        "task",
        "exec",
        "--fifo-dir",
        containerd.fifoDir,
        "--exec-id",
        execId,
        "free",
        "/bin/id",
      );
    t.like(await exec("one"), { status: 0, stderr: "" });
    const line = { namespace: build[1], container: "free", reason: `hooks.exempt.namespaces "${build[1]}"` };
    const lines = await untilExempted(containerd, 2);
    t.deepEqual(
      lines.map(({ stage }) => stage),
      ["preCreate", "preExec"],
    );
    for (const each of lines) t.like(each, line);

    writeDropIn(containerd, "none.toml", "[hooks.exempt]\nnamespaces = []\n");
    t.regex((await exec("two")).stderr, /denied by \S+ at preExec/);
    t.is(exempted(containerd).length, lines.length);
  },
);

withPolicy("exempt – a pod of CRI – by its namespace and name, and no other pod", async (t) => {
  const config = (dir: string): string =>
    `grouping = "pod"\n${audited(dir)}${probes("probes")}[hooks.exempt]\npods = ["tests/agent-*"]\n`;
  await using cri = await CriContainerd.start(config);
  const agent = await Pod.run(cri, "agent-1");
  const web = await Pod.run(cri, "web");
  const [free, judged] = [await agent.start("main", sleep), await web.start("main", sleep)];
  t.like(await free.exec(["/bin/echo", "x"]), { exitCode: 0, stdout: "x\n" });
  await t.throwsAsync(judged.exec(["/bin/echo", "x"]), { message: /denied by probes\/allow at preExec/ });
  t.deepEqual(
    (await untilExempted(cri.containerd, 1)).map(({ stage, pod, reason }) => ({ stage, pod, reason })),
    [{ stage: "preExec", pod: "tests/agent-1", reason: 'hooks.exempt.pods "tests/agent-*"' }],
  );
  for (const pod of [agent, web]) {
    await pod.stop();
    await pod.remove();
  }
});

withPolicy("locked – later files – cannot turn it off, exempt from it or override it", async (t) => {
  const env = (name: string, set: string, more = ""): string =>
    `[[plugin]]\nname = "${name}"\nuse = "builtin:env"\nconfig = { set = { ${set} } }\n${more}`;
  const locked = "locked = true\n";
  const config = (dir: string): string =>
    audited(dir) + probes("probes", locked) + env("mark", 'POLICY = "on"', locked) + env("free", 'FREE = "1"');
  const containerd = configured(config);
  const print = ["/bin/sh", "-c", "echo $POLICY $FREE"];
  const run = (id: string) => containerd.run(id, print, { flags: ["--rm"] });
  await containerd.runDetached("running", sleep);
  const id = async (execId: string) => (await containerd.exec("running", execId, ["/bin/id"])).stderr;
  t.is((await run("plain")).stdout, "on 1\n");

  const dropIn = writeDropIn(containerd, "9.toml", '[hooks]\nmode = "off"\non_error = "open"\n');
  t.regex(await id("off"), /denied by probes\/allow at preExec/);
  t.is((await run("off")).stdout, "on\n");

  writeFileSync(dropIn, `[hooks.exempt]\nnamespaces = ["${containerd.namespace}"]\n`);
  t.regex(await id("exempt"), /denied by probes\/allow at preExec/);
  const exempt = await containerd.run("exempt", print);
  t.like(exempt, { status: 1, stdout: "" });
  const problem = `${dropIn}:2: \`hooks.exempt.namespaces\` cannot exempt from plugin "probes", locked at ${containerd.dir}/etc/config.toml:8`;
  t.true(exempt.stderr.includes(problem), exempt.stderr);
  await containerd.ctrOk("container", "delete", "exempt");

  writeFileSync(dropIn, env("taker", 'POLICY = "off"', 'override = ["/process/env/*"]\n'));
  const taken = await containerd.run("taken", print);
  t.like(taken, { status: 1, stdout: "" });
  t.regex(taken.stderr, /taker at preCreate: conflict: .*POLICY, which mark, which is locked, has set/);
});

withPolicy("the daemon is killed while nothing can be created – its containers end and are cleaned up", async (t) => {
  const containerd = configured(audited);
  await containerd.runDetached("orphan", sleep);
  const { pid } = (await containerd.task("orphan")) ?? { pid: 0 };
  using client = await connectShim(containerd, "orphan");
  const { shim_pid } = await client.connect({ id: "orphan" });
  writeDropIn(containerd, "required.toml", '[hooks]\nrequired = ["corp-agent"]\n');
  process.kill(shim_pid, "SIGKILL");
  await until(() => !existsSync(containerd.bundle("orphan")), "containerd has cleaned up");
  t.false(isAlive(pid));
  await containerd.ctrOk("container", "delete", "orphan");
});
