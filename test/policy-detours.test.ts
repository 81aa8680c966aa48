/** Ways on which a policy could be gone round: the other version of the Task API, a container that comes from a checkpoint. */
import test from "ava";
import { Code } from "../packages/ttrpc/src/index.ts";
import { audited, readAudit } from "./_support/audit.ts";
import { toOciProcess } from "./_support/bundle.ts";
import { Containerd } from "./_support/containerd.ts";
import { DirectShim } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { refusal, TaskClient } from "./_support/task-client.ts";

checkLeaks(test);

const withPolicy = isReference ? test.serial.skip : test.serial;

const start = (plugins: string): Promise<Containerd> => Containerd.start({ config: (dir) => audited(dir) + plugins });

withPolicy("policy – both versions of the Task API, on one socket – meet it alike", async (t) => {
  await using containerd = await start('[[plugin]]\nname = "probes"\nuse = "builtin:exec"\nconfig = { allow = [] }\n');
  await containerd.runDetached("both", ["/bin/sleep", "1000"]);
  const { address } = containerd.shimEndpoint("both");
  for (const version of [2, 3]) {
    using client = await TaskClient.connect(address, version);
    const value = Buffer.from(JSON.stringify(toOciProcess(["/bin/true"])));
    const refused = await refusal(
      client.exec({ id: "both", exec_id: `v${version}`, spec: { type_url: "any", value } }),
    );
    t.is(refused?.code, Code.PermissionDenied);
    t.regex(refused?.message ?? "", /denied by probes\/allow at preExec/);
  }
});

withPolicy("policy – a container that is restored – is refused what only its image decides", async (t) => {
  await using containerd = await start(`
[[plugin]]
name = "caps"
use = "builtin:capabilities"
config = { drop = ["NET_RAW"] }
`);
  await using shim = await DirectShim.start(containerd, "restored");
  const refused = await refusal(shim.create({ checkpoint: containerd.dir }));
  t.is(refused?.code, Code.FailedPrecondition);
  t.regex(refused?.message ?? "", /caps at preCreate: no hook can tighten \/process\/capabilities of this container/);
  t.is(readAudit(containerd)[0]?.decision, "error");
});

withPolicy("policy – pod-security – lets no container be restored", async (t) => {
  await using containerd = await start('[[plugin]]\nname = "pss"\nuse = "builtin:pod-security"\n');
  await using shim = await DirectShim.start(containerd, "restored");
  const refused = await refusal(shim.create({ checkpoint: containerd.dir }));
  t.is(refused?.code, Code.PermissionDenied);
  t.regex(refused?.message ?? "", /denied by pss\/[\w-]+ at preCreate: .*restore: is restored from a checkpoint/);
});
