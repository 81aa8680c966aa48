/** `dunnage policy test` accepts what a daemon records in audit mode, and `explain` finds its decisions. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { type CommandResult, runCommand } from "./_support/command.ts";
import { Containerd } from "./_support/containerd.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const withPolicy = isReference ? test.serial.skip : test.serial;

const configOf = (dir: string, mode: string): string => `linger = "1s"
[audit]
path = "${dir}/audit.jsonl"
record = "${dir}/requests"
[[plugin]]
name = "probes"
use = "builtin:exec"
mode = "${mode}"
config = { allow = [["/bin/true"]] }
[[plugin]]
name = "root"
use = "builtin:rootfs"
`;

const dunnage = ({ env }: Containerd, ...args: readonly string[]): Promise<CommandResult> =>
  runCommand("dunnage", args, { env });

interface Recorded {
  readonly event: { readonly stage: string; readonly eventId: string };
  readonly expect: { readonly decision: string };
}

function readRequests(dir: string): Recorded[] {
  const names = readdirSync(dir)
    .filter((name) => name.endsWith(".json"))
    .sort();
  return names.map((name) => JSON.parse(readFileSync(join(dir, name), "utf8")) as Recorded);
}

withPolicy(
  "policy test – requests that a daemon recorded – hold, drift with the policy, and are explained",
  async (t) => {
    await using containerd = await Containerd.start({ config: (dir) => configOf(dir, "audit") });
    const requests = join(containerd.dir, "requests");
    await containerd.runDetached("recorded", ["/bin/sleep", "1000"], { flags: ["--env", "TOKEN=hush-hush"] });
    t.is((await containerd.exec("recorded", "probe", ["/bin/true"])).status, 0);
    t.is((await containerd.exec("recorded", "shell", ["/bin/sh", "-c", "exit 3"])).status, 3);
    await until(() => readRequests(requests).length === 3, "three requests are recorded");
    const recorded = readRequests(requests);
    t.deepEqual(
      recorded.map(({ event, expect }) => `${event.stage} ${expect.decision}`),
      ["preCreate mutate", "preExec allow", "preExec would-deny"],
    );
    for (const name of readdirSync(requests)) t.notRegex(readFileSync(join(requests, name), "utf8"), /hush-hush/);
    t.like(await dunnage(containerd, "policy", "test", requests), { status: 0, stderr: "" });
    t.like(await dunnage(containerd, "policy", "test", "--enforce", requests), { status: 0, stderr: "" });

    writeFileSync(join(containerd.dir, "etc/config.toml"), configOf(containerd.dir, "enforce"));
    const drifted = await dunnage(containerd, "policy", "test", requests);
    t.is(drifted.status, 1);
    t.regex(drifted.stdout, /decision: expected would-deny, is deny\n3 case\(s\), 1 not as expected/);

    const denied = await containerd.exec("recorded", "again", ["/bin/sh", "-c", "exit 3"]);
    const [, id = ""] = /\[id=(\w{26})\]/.exec(denied.stderr) ?? [];
    const explained = await dunnage(containerd, "policy", "explain", id);
    t.is(explained.status, 0, explained.stderr);
    t.regex(explained.stdout, /preExec of exec again in container recorded .*\n/);
    t.regex(explained.stdout, /outcome: refused by probes, rule allow; the client got PermissionDenied\n/);
    t.regex(
      explained.stdout,
      /see: {5}\S+config\.toml:6: plugin probes, use = "builtin:exec"\n +\S+config\.toml:9: its rule/,
    );

    const listed = await dunnage(containerd, "hooks", "ls");
    t.is(listed.status, 0, listed.stderr);
    t.regex(listed.stdout, /^preCreate +mutate +root +enforce/m);
    t.regex(listed.stdout, /^preExec +validate +probes +enforce/m);
  },
);
