/**
 * Every example of a policy or a hook, as it is in its folder, under a real containerd: what it refuses, changes or
 * sets up.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { type CommandResult, runCommand } from "../_support/command.ts";
import type { Containerd } from "../_support/containerd.ts";
import { installExample, listHookExamples } from "../_support/hook-examples.ts";
import { oldestRunsc, runscRuntime, toRunscTables } from "../_support/runsc.ts";
import { isReference } from "../_support/runtime-under-test.ts";
import { shareContainerd } from "../_support/shared-containerd.ts";
import { exitStatus } from "../_support/task-client.ts";
import { until } from "../_support/until.ts";

const configured = shareContainerd(test);

const withHooks = isReference ? test.serial.skip : test.serial;

/** A check of one example. `runtime`: flags of `ctr run` for a runtime other than the default. */
type Check = (t: ExecutionContext, containerd: Containerd, runtime: readonly string[]) => Promise<void>;

const shell = (text: string): readonly string[] => ["/bin/sh", "-c", text];
const sleep = ["/bin/sleep", "1000"];
const annotated = (text: string): readonly string[] => ["--annotation", text];

interface ShellRun {
  readonly id: string;
  /** Script for /bin/sh. */
  readonly text: string;
  readonly flags?: readonly string[];
}

const run = (containerd: Containerd, { id, text, flags = [] }: ShellRun): Promise<CommandResult> =>
  containerd.run(id, shell(text), { flags: ["--rm", ...flags] });

const host = (...args: readonly string[]): Promise<CommandResult> => runCommand("ip", args);

const checks: Readonly<Record<string, Check>> = {
  "policy-deny-privileged": async (t, containerd) => {
    const denied = await containerd.run("privileged", shell("echo ran"), { flags: ["--privileged"] });
    t.like(denied, { status: 1, stdout: "" });
    t.regex(denied.stderr, /denied by pod-security\/\S+ at preCreate: .*baseline/);
    t.like(await run(containerd, { id: "plain", text: "echo ran" }), { status: 0, stdout: "ran\n" });
  },
  "policy-exec-allow-list": async (t, containerd, runtime) => {
    await containerd.runDetached("guarded", sleep, { flags: runtime });
    t.is((await containerd.exec("guarded", "probe", ["/bin/true"])).status, 0);
    t.regex((await containerd.exec("guarded", "shell", ["/bin/sh"])).stderr, /denied by probes\/allow at preExec/);
    t.regex((await containerd.exec("guarded", "other", ["/bin/cat", "/etc/passwd"])).stderr, /denied by probes/);
  },
  "policy-seccomp": async (t, containerd) => {
    const result = await run(containerd, { id: "filtered", text: "mkdir /tmp/x; echo end" });
    t.like(result, { status: 0, stdout: "end\n" });
    t.regex(result.stderr, /not permitted/);
  },
  "policy-readonly-rootfs": async (t, containerd, runtime) => {
    const result = await run(containerd, {
      id: "read-only",
      text: "touch /new || echo no; touch /tmp/new && echo yes",
      flags: runtime,
    });
    t.like(result, { status: 0, stdout: "no\nyes\n" });
  },
  "policy-audit-trail": async (t, containerd) => {
    await containerd.runDetached("watched", sleep);
    t.is((await containerd.exec("watched", "one", shell("exit 3"))).status, 3);
    // A line about a call that passes is written after the answer.
    const lines = await until(() => {
      const found = readFileSync(join(containerd.dir, "etc/audit.jsonl"), "utf8").split("\n").filter(Boolean);
      return found.length >= 2 && found;
    }, "both lines are in the audit log");
    const seen = lines.map((line) => JSON.parse(line) as { stage: string; decision: string; argv: readonly string[] });
    t.like(seen[0], { stage: "preCreate", decision: "allow", argv: sleep });
    t.like(seen[1], { stage: "preExec", decision: "would-deny", argv: shell("exit 3") });
  },
  "policy-resource-ceilings": async (t, containerd) => {
    await containerd.runDetached("limited", sleep, { flags: ["--memory-limit", String(1 << 30)] });
    const { linux } = JSON.parse(readFileSync(join(containerd.bundle("limited"), "config.json"), "utf8"));
    t.is(linux.resources.memory.limit, 64 << 20);
    t.is(linux.resources.pids.limit, 50);
  },
  "policy-image-allow-list": async (t, containerd) => {
    const cri = ["--namespace", "k8s.io"]; // in other namespaces the annotation is not from CRI
    await containerd.ctrOk(...cri, "image", "import", join(containerd.dir, "image.tar"));
    const start = (id: string, image: string, ...namespace: readonly string[]) => {
      const flags = ["--rm", "--cgroup", `/${containerd.namespace}/${id}`];
      const named = annotated(`io.kubernetes.cri.image-name=${image}`);
      return containerd.ctr(
        ...namespace,
        ...containerd.runArgs(id, shell("echo ran"), { flags: [...flags, ...named] }),
      );
    };
    t.like(await start("known", "registry.example/shop/web:1", ...cri), { status: 0, stdout: "ran\n" });
    const other = await start("other", "docker.io/library/busybox:1", ...cri);
    t.like(other, { status: 1, stdout: "" });
    t.regex(other.stderr, /image docker\.io\/library\/busybox is not allowed/);
    t.regex((await start("claimed", "registry.example/shop/web:1")).stderr, /the image is not known/);
  },
  "policy-signal-remap": async (t, containerd) => {
    await containerd.runDetached(
      "trapped",
      shell("trap 'exit 7' USR1; trap 'exit 8' TERM; touch /ready; while :; do sleep 0.1; done"),
    );
    await until(async () => {
      return (await containerd.exec("trapped", `look-${Date.now()}`, ["/bin/ls", "/ready"])).status === 0;
    }, "the traps are set");
    await containerd.ctrOk("task", "kill", "--signal", "SIGTERM", "trapped");
    await until(async () => (await containerd.task("trapped"))?.status === "STOPPED", "it has stopped");
    t.is(await exitStatus(containerd, "trapped"), 7);
  },
  "hook-network": async (t, containerd) => {
    const flags = annotated("example.com/network=point-to-point");
    await containerd.runDetached("linked", shell("ip -4 address show eth0 >/address; sleep 1000"), { flags });
    const inside = await until(async () => {
      const { stdout } = await containerd.exec("linked", `look-${Date.now()}`, ["/bin/cat", "/address"]);
      return stdout.includes("inet") && stdout;
    }, "the program has looked");
    t.regex(inside, /inet 169\.254\.77\.2\/30/);
    const links = async () => (await host("-4", "-o", "address")).stdout.match(/dn[0-9a-f]{12} +inet 169\.254\.77\.1/g);
    t.is((await links())?.length, 1);
    await containerd.ctrOk("task", "kill", "--signal", "KILL", "linked");
    await containerd.ctr("task", "delete", "linked");
    t.is(await links(), null);
    t.like(await run(containerd, { id: "unlinked", text: "ip link show eth0 2>/dev/null || echo none" }), {
      stdout: "none\n",
    });
  },
  "hook-exec-secrets": async (t, containerd, runtime) => {
    await containerd.runDetached("secret", sleep, { flags: [...runtime, ...annotated("example.com/secrets=yes")] });
    t.is((await containerd.exec("secret", "look", shell('echo "$PASSWORD"'))).stdout, "open sesame\n");
    t.notRegex(readFileSync(join(containerd.bundle("secret"), "config.json"), "utf8"), /sesame/);
    await containerd.runDetached("other", sleep, { flags: runtime });
    t.is((await containerd.exec("other", "look", shell('echo "$PASSWORD"'))).stdout, "\n");
  },
};

/** Flags of `ctr run` and tables of the configuration, by runtime. */
const runtimes: Readonly<Record<string, { readonly flags: readonly string[]; readonly tables: string }>> = {
  runc: { flags: [], tables: "" },
  crun: { flags: ["--runtime", "io.containerd.dunnage-crun.v1"], tables: "" },
  // Debian 12's version, whose platform needs nothing from the host.
  runsc: {
    flags: ["--runtime", runscRuntime],
    tables: toRunscTables(oldestRunsc),
  },
};

const everywhere = ["policy-exec-allow-list", "policy-readonly-rootfs", "hook-exec-secrets"];

for (const [name, { flags, tables }] of Object.entries(runtimes)) {
  for (const example of name === "runc" ? Object.keys(checks) : everywhere) {
    withHooks(`examples/${example} – ${name} – does what its README says`, async (t) => {
      const containerd = configured((dir) => {
        return `linger = "1s"\n${tables}${installExample(example, dir, { PASSWORD: "open sesame\n" })}`;
      });
      await checks[example]?.(t, containerd, flags);
    });
  }
}

test("examples – of hooks and policies – each is in the table", (t) => {
  t.deepEqual(Object.keys(checks).sort(), listHookExamples());
});
