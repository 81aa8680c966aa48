/** Ways to bypass a policy: the other version of the Task API, a checkpoint, a different spelling. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { HangingFs } from "../packages/core/test/_support/hanging-fs.ts";
import { Code } from "../packages/ttrpc/src/index.ts";
import { audited, readAudit } from "./_support/audit.ts";
import { toOciProcess, toOciSpec, writeBundle } from "./_support/bundle.ts";
import type { Containerd } from "./_support/containerd.ts";
import { DirectShim } from "./_support/direct-shim.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { shareContainerd } from "./_support/shared-containerd.ts";
import { refusal, TaskClient } from "./_support/task-client.ts";

const configured = shareContainerd(test);

const withPolicy = isReference ? test.serial.skip : test.serial;

const start = (plugins: string): Containerd => configured((dir) => audited(dir) + plugins);

withPolicy("policy – both versions of the Task API, on one socket – meet it alike", async (t) => {
  const containerd = start('[[plugin]]\nname = "probes"\nuse = "builtin:exec"\nconfig = { allow = [] }\n');
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
  const containerd = start(`
[[plugin]]
name = "caps"
use = "builtin:capabilities"
config = { drop = ["NET_RAW"] }
`);
  await using shim = await DirectShim.start(containerd, "restored");
  const refused = await refusal(shim.create({ checkpoint: containerd.dir }));
  t.is(refused?.code, Code.FailedPrecondition);
  t.regex(refused?.message ?? "", /caps at preCreate: no hook can tighten \/process\/capabilities of this container/);
  t.is(readAudit(containerd).find(({ container }) => container === "restored")?.decision, "error");
});

withPolicy("policy – pod-security – lets no container be restored", async (t) => {
  const containerd = start('[[plugin]]\nname = "pss"\nuse = "builtin:pod-security"\n');
  await using shim = await DirectShim.start(containerd, "restored");
  const refused = await refusal(shim.create({ checkpoint: containerd.dir }));
  t.is(refused?.code, Code.PermissionDenied);
  t.regex(refused?.message ?? "", /denied by pss\/[\w-]+ at preCreate: .*restore: is restored from a checkpoint/);
});

withPolicy("policy – a configuration written otherwise – is judged by what would run, or refused", async (t) => {
  const containerd = start(`
[[plugin]]
name = "pss"
use = "builtin:pod-security"
[[plugin]]
name = "known"
use = "builtin:images"
config = { allow = ["registry.example/*"] }
match = { kinds = ["container", "standalone"], annotations = { judged = "yes" } }
[[plugin]]
name = "probes"
use = "builtin:exec"
config = { allow = [["/bin/true"]] }
`);
  const closed = { allow: false, access: "rwm" };
  const devices = (...rules: readonly object[]) => ({ resources: { devices: [closed, ...rules] } });
  const network = { type: "network" };
  const cases: readonly [linux: object, refusal: RegExp][] = [
    [devices({ allow: true, type: "a", major: -1, minor: -1, access: "rwm" }), /pss\S* at .*privileged: may use every/],
    [
      devices({ allow: true, type: "c", major: 10, minor: 229, access: "rwm" }),
      /pss\S* at .*devices: may use .* c 10:229/,
    ],
    [
      { namespaces: [{ ...network, path: "/proc/self/ns/net" }] },
      /pss\S* at .*host-namespaces: shares the host's network/,
    ],
    [{ namespaces: [network, { ...network, path: "/proc/self/ns/net" }] }, /\/linux\/namespaces\/1 is the second one/],
    [{ resources: { memory: { limit: "67108864" } } }, /\/linux\/resources\/memory\/limit must be a whole number/],
    [{ maskedPaths: ["/proc/kcore\0"] }, /\/linux\/maskedPaths\/0 must be a text without NUL/],
  ];
  await using shim = await DirectShim.start(containerd, "written");
  for (const [linux, expected] of cases) {
    writeBundle(shim.bundle, { ...toOciSpec(["/bin/true"]), linux });
    t.regex((await refusal(shim.create()))?.message ?? "created", expected);
  }
  const judged = ["--annotation", "judged=yes"];
  const sandbox = [...judged, "--annotation", "io.kubernetes.cri.container-type=sandbox"];
  const image = [...judged, "--annotation", "io.kubernetes.cri.image-name=registry.example/good"];
  for (const [id, flags] of Object.entries({ sandbox, image })) {
    const denied = await containerd.run(id, ["/bin/echo", "ran"], { flags });
    t.like(denied, { status: 1, stdout: "" });
    t.regex(denied.stderr, /denied by (known\/unknown|pss\/runtime-annotations) at preCreate/);
    await containerd.ctrOk("container", "delete", id);
  }
  await containerd.runDetached("plain", ["/bin/sleep", "1000"]);
  t.is((await containerd.exec("plain", "fine", ["/bin/true"])).status, 0);
  using client = await TaskClient.connect(containerd.shimEndpoint("plain").address, 2);
  const value = Buffer.from(JSON.stringify({ ...toOciProcess(["/bin/true"]), env: ["LD_PRELOAD=/tmp/x.so"] }));
  const exec = await refusal(client.exec({ id: "plain", exec_id: "preload", spec: { type_url: "any", value } }));
  t.regex(exec?.message ?? "added", /denied by probes\/allow_env at preExec: variable LD_PRELOAD/);
});

const fileGuards = (dir: string): string => `${audited(dir)}
[[plugin]]
name = "pss"
use = "builtin:pod-security"
timeout = "4s"
config = { allowed_host_paths = ["${dir}/allowed"] }
[[plugin]]
name = "mounts"
use = "builtin:mounts"
timeout = "4s"
config = { allow_sources = ["${dir}/allowed"] }
`;

withPolicy("policy – pod-security and mounts – no spelling gives a container the files of the host", async (t) => {
  const containerd = configured(fileGuards);
  const { dir } = containerd;
  for (const each of ["allowed/own", "allowed/bound", "written"]) mkdirSync(join(dir, each), { recursive: true });
  symlinkSync("/usr/lib", join(dir, "allowed/link"));
  execFileSync("mount", ["--bind", "/etc", join(dir, "allowed/bound")]);
  await using after = new AsyncDisposableStack();
  after.defer(() => void execFileSync("umount", [join(dir, "allowed/bound")]));
  const mount = (text: string): readonly string[] => ["--mount", text];
  const ok = mount(`type=bind,src=${dir}/allowed/own,dst=/h,options=rbind:ro`);
  t.like(await containerd.run("ok", ["/bin/echo", "ran"], { flags: ["--rm", ...ok] }), { status: 0, stdout: "ran\n" });

  const overlay = `lowerdir=/usr:upperdir=${dir}/written:workdir=${dir}/work`;
  const ways: Readonly<Record<string, readonly string[]>> = {
    overlay: mount(`type=overlay,src=overlay,dst=/h,options=${overlay}`),
    proc: mount("type=proc,src=proc,dst=/proc2,options=rw"),
    disk: mount("type=ext4,src=/dev/vda,dst=/h,options=ro"),
    link: mount(`type=bind,src=${dir}/allowed/link/../bin,dst=/h,options=rbind:ro`),
    bound: mount(`type=bind,src=${dir}/allowed/bound,dst=/h,options=rbind:ro`),
    log: ["-d", "--log-uri", `file://${dir}/written/log`],
    logger: ["-d", "--log-uri", `binary:///bin/touch?${dir}/written/logger`],
  };
  for (const [id, flags] of Object.entries(ways)) {
    const denied = await containerd.run(id, ["/bin/echo", "ran"], { flags });
    t.like(denied, { status: 1, stdout: "" }, id);
    t.regex(denied.stderr, /denied by (pss|mounts)\/[\w-]+ at preCreate/, id);
  }
  const root = ["run", "--runtime", containerd.runtime, "--fifo-dir", containerd.fifoDir, "--rootfs"];
  const denied = await containerd.ctr(...root, "/usr", "root", "/bin/true");
  t.regex(denied.stderr, /root-path: mounts \/usr of the host as its root/);
  for (const each of ["log", "logger"]) t.false(existsSync(join(dir, "written", each)));
});

withPolicy("policy – the request's own root, the output of an exec – are judged as the specification is", async (t) => {
  const containerd = configured(fileGuards);
  await using shim = await DirectShim.start(containerd, "rooted", { spec: toOciSpec(["/bin/true"]) });
  const refused = await refusal(shim.create({ rootfs: [{ type: "bind", source: "/", options: ["rbind"] }] }));
  t.is(refused?.code, Code.PermissionDenied);
  t.regex(refused?.message ?? "", /root-path: mounts \/ of the host in its root/);
  await containerd.runDetached("running", ["/bin/sleep", "1000"]);
  const log = join(containerd.dir, "log");
  const exec = await containerd.ctr(
    "task",
    "exec",
    "--exec-id",
    "x",
    "--log-uri",
    `file://${log}`,
    "running",
    "/bin/true",
  );
  t.regex(exec.stderr, /denied by pss\/log-uris at preExec: .*writes its output to/);
  t.false(existsSync(log));
});

withPolicy(
  "policy – a mount on a file system that does not answer – is denied, and stops no other container",
  async (t) => {
    const containerd = configured(fileGuards);
    using hanging = new HangingFs();
    mkdirSync(join(containerd.dir, "allowed"), { recursive: true });
    symlinkSync(hanging.join("lookup"), join(containerd.dir, "allowed/volume"));
    await containerd.runDetached("neighbour", ["/bin/sleep", "1000"]);
    const flags = ["--mount", `type=bind,src=${containerd.dir}/allowed/volume,dst=/h,options=rbind`];
    const [denied, exec] = await Promise.all([
      containerd.run("hanging", ["/bin/echo", "ran"], { flags }),
      containerd.exec("neighbour", "meanwhile", ["/bin/echo", "meanwhile"]),
    ]);
    t.regex(denied.stderr, /lookup: its file system does not answer/);
    t.is(exec.stdout, "meanwhile\n");
    t.like(await containerd.task("neighbour"), { status: "RUNNING" });
  },
);
