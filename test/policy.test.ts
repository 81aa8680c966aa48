/** Hooks that deny and change calls, from built-in policies and policy files: what clients see, and what runs. */
import { readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { audited, nextAuditLine, readAudit } from "./_support/audit.ts";
import { toOciProcess } from "./_support/bundle.ts";
import { runCommand } from "./_support/command.ts";
import type { Containerd } from "./_support/containerd.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { shareContainerd } from "./_support/shared-containerd.ts";
import { connectShim, refusal, type TaskClient } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

const configured = shareContainerd(test);

const withPolicy = isReference ? test.serial.skip : test.serial;

/** Returns the containerd, after giving its shims this configuration and an audit log in its directory. */
function start(plugins: string | ((dir: string) => string)): Containerd {
  const text = (dir: string): string => (typeof plugins === "string" ? plugins : plugins(dir));
  return configured((dir) => audited(dir) + text(dir));
}

/** Adds an exec that is never started; returns why it is refused, or "" if it is not. */
async function tryExec(
  client: TaskClient,
  { id, execId }: { readonly id: string; readonly execId: string },
  program: string,
): Promise<string> {
  const value = Buffer.from(JSON.stringify(toOciProcess([program])));
  return (await refusal(client.exec({ id, exec_id: execId, spec: { value } })))?.message ?? "";
}

/** Returns the memory limit of the cgroup (v1) of a process. */
function memoryLimit(pid: number): number {
  const path = /^\d+:memory:(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))?.[1] ?? "";
  return Number(readFileSync(join("/sys/fs/cgroup/memory", path, "memory.limit_in_bytes"), "utf8"));
}

const script = (text: string): readonly string[] => ["/bin/sh", "-c", text];

withPolicy("policy – an exec that is not allowed – ctr reads why, the audit log holds the same id", async (t) => {
  const containerd = start(`
[[plugin]]
name = "probes"
use = "builtin:exec"
config = { allow = [["/bin/echo", "*"]] }
`);
  await containerd.runDetached("guarded", ["/bin/sleep", "1000"]);
  t.like(await containerd.exec("guarded", "good", ["/bin/echo", "ok"]), { status: 0, stdout: "ok\n" });
  const denied = await containerd.exec("guarded", "bad", ["/bin/sh", "-c", "echo ran"]);
  t.is(denied.status, 1);
  t.is(denied.stdout, "");
  const [, id = ""] = /denied by probes\/allow at preExec: .*"\/bin\/sh".* \[id=(\w{26})\]/.exec(denied.stderr) ?? [];
  t.not(id, "", denied.stderr);
  const line = readAudit(containerd).find((each) => each.id === id);
  t.like(line, { stage: "preExec", decision: "deny", policy: "probes", rule: "allow", container: "guarded" });
  t.like(await containerd.exec("guarded", "after", ["/bin/echo", "still"]), { status: 0, stdout: "still\n" });
});

withPolicy("policy – changes at create – are what runs, in init and in execs", async (t) => {
  const containerd = start(`
[[plugin]]
name = "root"
use = "builtin:rootfs"
[[plugin]]
name = "caps"
use = "builtin:capabilities"
config = { drop = ["NET_RAW", "CHOWN"], no_new_privileges = true }
[[plugin]]
name = "env"
use = "builtin:env"
config = { remove = ["SECRET_*"], set = { POLICY = "on" } }
`);
  const look =
    "touch /new 2>/dev/null && echo writable; touch /tmp/new && echo tmp; env | grep -E 'SECRET|POLICY'; grep -E 'NoNewPrivs|CapEff' /proc/self/status";
  const flags = ["--env", "SECRET_KEY=x", "--rm"];
  const init = await containerd.run("changed", script(look), { flags });
  t.is(init.status, 0, init.stderr);
  t.regex(init.stdout, /^tmp\nPOLICY=on\n/);
  const effective = (text: string): bigint => BigInt(`0x${/CapEff:\s+(\w+)/.exec(text)?.[1] ?? "0"}`);
  const dropped = (1n << 13n) | 1n; // CAP_NET_RAW, CAP_CHOWN
  t.is(effective(init.stdout) & dropped, 0n);
  t.not(effective(init.stdout), 0n);
  t.regex(init.stdout, /NoNewPrivs:\s+1/);
  await containerd.runDetached("lasting", ["/bin/sleep", "1000"]);
  const exec = await containerd.exec("lasting", "look", script(look));
  t.regex(exec.stdout, /POLICY=on\n/);
  t.regex(exec.stdout, /NoNewPrivs:\s+1/);
  t.is(effective(exec.stdout) & dropped, 0n);
});

withPolicy("policy – ceilings – hold at create and at update", async (t) => {
  const containerd = start(`
[[plugin]]
name = "limits"
use = "builtin:resources"
config = { default = { pids = 50 }, max = { memory = "64Mi" } }
`);
  await containerd.runDetached("limited", ["/bin/sleep", "1000"], { flags: ["--memory-limit", String(1 << 30)] });
  using client = await connectShim(containerd, "limited");
  const spec = JSON.parse(readFileSync(join(containerd.bundle("limited"), "config.json"), "utf8"));
  t.is(spec.linux.resources.memory.limit, 64 << 20);
  t.is(spec.linux.resources.pids.limit, 50);
  const pid = (await containerd.task("limited"))?.pid ?? 0;
  t.is(memoryLimit(pid), 64 << 20);
  const update = (limit: number) =>
    client.update({ id: "limited", resources: { value: Buffer.from(JSON.stringify({ memory: { limit } })) } });
  await update(1 << 30);
  t.is(memoryLimit(pid), 64 << 20);
  await update(32 << 20);
  t.is(memoryLimit(pid), 32 << 20);
});

withPolicy("policy – tightened in place – holds for the next call, whatever the clock says", async (t) => {
  const allow = (program: string): string => `linger = "1s"
[[plugin]]
name = "probes"
use = "builtin:exec"
config = { allow = [["/bin/${program}"]] }
`;
  const containerd = configured(allow("id"));
  const config = join(containerd.dir, "etc/config.toml");
  const ahead = new Date(Date.now() + 3_600_000); // written before the clock was corrected
  for (const path of [config, join(config, "..")]) utimesSync(path, ahead, ahead);
  await containerd.runDetached("guarded", ["/bin/sleep", "1000"]);
  using client = await connectShim(containerd, "guarded");
  const exec = (execId: string) => tryExec(client, { id: "guarded", execId }, "/bin/id");
  t.is(await exec("before"), "");
  for (const [index, program] of ["ls", "id", "ps"].entries()) {
    writeFileSync(config, allow(program));
    utimesSync(config, ahead, ahead);
    t.regex(await exec(`after-${index}`), program === "id" ? /^$/ : /denied by probes\/allow/);
  }
});

withPolicy(
  "policy – a file in CEL – is followed while the daemon runs, and a broken one changes nothing",
  async (t) => {
    const policy = (program: string): string => `apiVersion = "dunnage/v1"
name = "p"
[match]
stages = ["preExec"]
[[validations]]
name = "program"
expression = '''process.args[0] != "${program}"'''
messageExpression = '''process.args[0] + " is not for " + container.id'''
`;
    const containerd = start((dir) => {
      writeFileSync(join(dir, "p.toml"), policy("/bin/id"));
      return `[[plugin]]\nname = "cel"\nuse = "policy:${dir}/p.toml"\n`;
    });
    const file = join(containerd.dir, "p.toml");
    const replace = (text: string): void => {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    };
    await containerd.runDetached("watched", ["/bin/sleep", "1000"]);
    using client = await connectShim(containerd, "watched");
    const run = (execId: string, program: string) => tryExec(client, { id: "watched", execId }, program);
    t.regex(await run("one", "/bin/id"), /denied by cel\/program at preExec: \/bin\/id is not for watched/);
    t.is(await run("two", "/bin/true"), "");
    replace(policy("/bin/true"));
    t.is(await run("three", "/bin/id"), "");
    t.regex(await run("four", "/bin/true"), /\/bin\/true is not for watched/);
    replace("apiVersion = ");
    t.regex(await run("five", "/bin/true"), /\/bin\/true is not for watched/);
    replace(policy("/bin/date"));
    t.is(await run("six", "/bin/true"), "");
  },
);

withPolicy("policy – audit mode – lets everything pass and writes down what it would have done", async (t) => {
  const containerd = start(`
[[plugin]]
name = "root"
use = "builtin:rootfs"
mode = "audit"
[[plugin]]
name = "mounts"
use = "builtin:mounts"
mode = "audit"
config = { deny_sources = ["/proc"] }
`);
  const flags = ["--rm", "--mount", "type=bind,src=/proc,dst=/host,options=rbind:ro"];
  const result = await containerd.run("free", script("touch /new && echo writable"), { flags });
  t.like(result, { status: 0, stdout: "writable\n" });
  const line = await nextAuditLine(containerd, ({ container }) => container === "free");
  t.like(line, { stage: "preCreate", decision: "would-deny", policy: "mounts", rule: "deny_sources" });
  t.deepEqual(
    line.changes?.map(({ path }) => path),
    ["/root/readonly", "/mounts/~1tmp"],
  );
});

withPolicy(
  "policy – warn and audit – nothing is refused; both logs and explain say what has failed, no secret",
  async (t) => {
    const containerd = start((dir) => {
      const write = (action: string, more: string): string => {
        const text = `apiVersion = "dunnage/v1"
name = "p"
validationActions = ["${action}"]
[match]
stages = ["preExec"]
[[validations]]
name = "no-id"
expression = '''process.args[0] != "/bin/id"'''
messageExpression = '''process.args[0] + " in " + container.id'''
${more}`;
        writeFileSync(join(dir, `${action}.toml`), text);
        return `[[plugin]]\nname = "${action}ed"\nuse = "policy:${dir}/${action}.toml"\n`;
      };
      const annotation = `[[auditAnnotations]]\nkey = "env"\nvalueExpression = '''process.env.filter(e, e.startsWith("T"))[0]'''\n`;
      return write("warn", "") + write("audit", annotation);
    });
    await containerd.runDetached("warned", ["/bin/sleep", "1000"], { flags: ["--env", "TOKEN=hush-hush"] });
    t.like(await containerd.exec("warned", "good", ["/bin/true"]), { status: 0, stderr: "" });
    t.like(await containerd.exec("warned", "probe", ["/bin/id", "-u"]), { status: 0, stdout: "0\n", stderr: "" });
    const [good, line] = await until(() => {
      const lines = readAudit(containerd).filter((each) => each.stage === "preExec" && each.container === "warned");
      return lines.length === 2 && lines;
    }, "both lines are in the audit log");
    t.deepEqual([good?.warnings, good?.annotations], [undefined, { "audited/env": "TOKEN=***" }]);
    t.like(line, { decision: "allow", policy: undefined });
    t.deepEqual(line?.warnings, [{ by: "warned", message: "validation no-id: /bin/id in warned" }]);
    const failure = { name: "no-id", message: "/bin/id in warned", expressionIndex: 0, validationActions: ["audit"] };
    t.deepEqual(JSON.parse(line?.annotations?.["audited/validation_failure"] ?? ""), [failure]);
    t.notRegex(readFileSync(join(containerd.dir, "audit.jsonl"), "utf8"), /hush/);
    const logged = await until(
      () =>
        containerd.log
          .split("\n")
          .find((each) => each.includes('level=warning msg="validation no-id: /bin/id in warned"')),
      "the warning is in the container's log",
    );
    t.regex(logged, / id=warned plugin=warned stage=preExec /);
    t.true(logged.includes(` event_id=${line?.id}`), logged);
    const { status, stdout } = await runCommand("dunnage", ["policy", "explain", line?.id ?? ""], {
      env: containerd.env,
    });
    t.is(status, 0);
    t.regex(stdout, /^warning: warned: validation no-id: \/bin\/id in warned$/m);
    t.regex(stdout, /^note: {4}audited\/env = TOKEN=\*\*\*$/m);
  },
);

withPolicy("policy – a denied create – leaves nothing, and other containers run on", async (t) => {
  const containerd = start(`
[hooks]
deny_code = "failed-precondition"
[[plugin]]
name = "pss"
use = "builtin:pod-security"
config = { strict = false }
match = { annotations = { judged = "yes" } }
`);
  await containerd.runDetached("neighbour", ["/bin/sleep", "1000"]);
  const flags = ["--privileged", "--annotation", "judged=yes"];
  const denied = await containerd.run("privileged", ["/bin/echo", "ran"], { flags });
  t.is(denied.status, 1);
  t.is(denied.stdout, "");
  t.regex(denied.stderr, /violates Pod Security baseline: .*CAP_SYS_ADMIN/);
  t.is(await containerd.task("privileged"), undefined);
  t.like(await containerd.run("plain", ["/bin/echo", "ran"], { flags: ["--rm", "--annotation", "judged=yes"] }), {
    status: 0,
    stdout: "ran\n",
  });
  t.like(await containerd.task("neighbour"), { status: "RUNNING" });
});

withPolicy(
  "policy – a name that there is not, a file that does not compile – ctr reads which, at create",
  async (t) => {
    const containerd = start((dir) => {
      writeFileSync(
        join(dir, "bad.toml"),
        'apiVersion = "dunnage/v1"\nname = "b"\n[[validations]]\nname = "v"\nexpression = "proces.x"\n',
      );
      return `[[plugin]]\nname = "bad"\nuse = "policy:${dir}/bad.toml"\n`;
    });
    const bad = await containerd.run("bad", ["/bin/true"]);
    t.is(bad.status, 1);
    t.regex(bad.stderr, /plugin bad .*bad\.toml.*validation v: Unknown variable: proces/);
    const config = `${audited(containerd.dir)}[[plugin]]\nname = "x"\nuse = "builtin:excc"\n`;
    writeFileSync(join(containerd.dir, "etc/config.toml"), config);
    const unknown = await containerd.run("unknown", ["/bin/true"]);
    t.regex(unknown.stderr, /there is no ready-made policy excc; did you mean `exec`\?/);
  },
);
