/** Specifications that are written in different ways, and what they mean to the kernel and the runtimes. */
import type { Plugin } from "@dunnage/core";
import test from "ava";
import fc from "fast-check";
import { builtinPlugin } from "../../src/index.ts";
import { runPlugin, standalone } from "../_support/run-plugin.ts";

const denyAll = { allow: false, access: "rwm" };
const own = ["pid", "ipc", "network", "uts", "mount"].map((type) => ({ type }));
const spec = (linux: object = {}, rest: object = {}): object => ({
  process: { args: ["x"], user: { uid: 0 } },
  root: { path: "rootfs" },
  linux: {
    namespaces: own,
    resources: { devices: [denyAll] },
    maskedPaths: ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware"],
    readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    ...linux,
  },
  ...rest,
});

async function podSecurity(stage: string, event: object, config: object = {}): Promise<string> {
  const plugin = (await builtinPlugin("pod-security")) as Plugin;
  return (await runPlugin(plugin, stage, event, config)).denied[0] ?? "passed";
}

const withRules = (...devices: readonly object[]): object => spec({ resources: { devices } });

test("devices – what containerd, ctr and Docker give every container – passes, in any order", async (t) => {
  const standard = [
    [1, 3],
    [1, 8],
    [1, 7],
    [5, 0],
    [1, 5],
    [1, 9],
    [5, 1],
    [5, 2],
    [10, 200],
  ];
  const rules = standard.map(([major, minor]) => ({ allow: true, type: "c", major, minor, access: "rwm" }));
  const all = [
    ...rules,
    { allow: true, type: "c", major: 136, access: "rwm" },
    { allow: false, type: "c", major: 10, minor: 229, access: "rwm" },
    { allow: true, type: "b", access: "m" },
  ];
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(all), fc.nat(all.length), async (some, at) => {
      const devices = [...some.slice(0, at), denyAll, ...some.slice(at)];
      t.is(await podSecurity("preCreate", { spec: withRules(...devices) }), "passed");
    }),
  );
});

/** Numbers and kinds that mean "all" to runc, crun or the kernel. */
const anything = fc.record(
  {
    allow: fc.constant(true),
    type: fc.constantFrom("a", "", "all", "A", null, "b", "c", "u", "C"),
    major: fc.constantFrom(-1, null, -2, "1", 0.5),
    minor: fc.constantFrom(-1, null, 0, 3),
    access: fc.constantFrom("rwm", "r", "w", "rw", "", "mr"),
  },
  { requiredKeys: ["allow"] },
);

test("devices – a rule without a kind or a major number, however it is written – is privileged, at create and at update", async (t) => {
  await fc.assert(
    fc.asyncProperty(anything, async (rule) => {
      t.regex(await podSecurity("preCreate", { spec: withRules(denyAll, rule) }), /^privileged: /);
      t.regex(await podSecurity("preUpdate", { resources: { devices: [rule] } }), /^privileged: /);
    }),
  );
  t.regex(
    await podSecurity("preCreate", { spec: withRules(denyAll, { allow: true, type: "a", major: 1, minor: 3 }) }),
    /^privileged: /,
  );
});

test("devices – nothing that denies all first – is privileged: crun leaves what the cgroup above allows", async (t) => {
  for (const devices of [
    undefined,
    [],
    [{ allow: false, access: "m" }],
    [{ allow: false, type: "c", access: "rwm" }],
    [{ allow: false, major: 1, access: "rwm" }],
  ])
    t.regex(await podSecurity("preCreate", { spec: spec({ resources: { devices } }) }), /^privileged: /);
  for (const rule of [{ allow: false }, { allow: false, type: "a", major: -1, minor: -1, access: "mwr" }])
    t.is(await podSecurity("preCreate", { spec: withRules(rule) }), "passed");
});

test("devices – one of the host, as a rule or a node – is allowed only by name", async (t) => {
  const fuse = { allow: true, type: "c", major: 10, minor: 229, access: "rwm" };
  const gpu = { path: "/dev/gpu", type: "c", major: 195, minor: 1 };
  const both = spec({ resources: { devices: [denyAll, fuse] }, devices: [gpu] });
  const judge = (allowed_devices: readonly string[]) => podSecurity("preCreate", { spec: both }, { allowed_devices });
  t.regex(await judge([]), /^devices: .*may use the device c 10:229/);
  t.regex(await judge(["c 10:229"]), /^devices: .*gets the device c 195:1/);
  t.is(await judge(["c 10:229", "c 195:*"]), "passed");
  t.is(await judge(["c 10:*", "c 195:1"]), "passed");
  t.regex(await judge(["b 10:229", "c 195:1"]), /^devices/);
  t.regex(await podSecurity("preUpdate", { resources: { devices: [fuse] } }), /^devices/);
  t.is(await podSecurity("preUpdate", { resources: { devices: [fuse] } }, { allowed_devices: ["c 10:229"] }), "passed");
  t.regex(await podSecurity("preCreate", { spec: spec({ devices: [{ ...gpu, type: "u" }] }) }), /^devices/);
  t.regex(await podSecurity("preCreate", { spec: spec({ devices: [{ ...gpu, type: "b", major: 7 }] }) }), /b 7:1/);
  t.is(await podSecurity("preCreate", { spec: spec({ devices: [{ path: "/f", type: "p" }] }) }), "passed");
  t.regex(await podSecurity("preCreate", { spec: spec({ netDevices: { eth0: {} } }) }), /^devices: .*network devices/);
  await t.throwsAsync(judge(["c *:*"]), { message: /must be as "c 10:229"/ });
});

const host = [
  "/proc/1/ns",
  "/proc/self/ns",
  "/proc/thread-self/ns",
  `/proc/${process.pid}/ns`,
  `/proc/self/task/${process.pid}/ns`,
];
const files = { network: "net", pid: "pid", ipc: "ipc", uts: "uts", mount: "mnt" };

test("host-namespaces – one of the host's, by whatever path, in whatever place – is found", async (t) => {
  const entry = fc.record({
    type: fc.constantFrom(...(Object.keys(files) as (keyof typeof files)[])),
    dir: fc.constantFrom(...host, "/nowhere", "/proc/../proc/1/ns", "/proc/1/root/proc/1/ns", "//proc/1/ns"),
  });
  await fc.assert(
    fc.asyncProperty(entry, fc.nat(5), async ({ type, dir }, at) => {
      const joined = { type, path: `${dir}/${files[type]}` };
      const others = own.filter((each) => each.type !== type);
      const expected = new RegExp(`^host-namespaces: .*shares the host's ${type} namespace`);
      const judge = (namespaces: readonly object[]) => podSecurity("preCreate", { spec: spec({ namespaces }) });
      t.regex(await judge([...others.slice(0, at), joined, ...others.slice(at)]), expected);
      t.regex(await judge([...own.slice(0, at), joined, ...own.slice(at)]), expected, "next to a new one");
      t.regex(await judge(others), expected, "without an entry");
    }),
  );
});

test("host-namespaces – a mount namespace of another container – is never joined", async (t) => {
  const namespaces = [...own.filter(({ type }) => type !== "mount"), { type: "mount", path: "/proc/2/ns/mnt" }];
  t.regex(await podSecurity("preCreate", { spec: spec({ namespaces }) }), /^host-namespaces: .*mount/);
});

const steering = [
  "run.oci.hooks.stdout",
  "run.oci.handler",
  "krun.cpus",
  "org.criu.config",
  "org.systemd.property.DevicePolicy",
  "dev.gvisor.spec.mount.a.source",
  "dev.gvisor.flag.host-uds",
  "io.katacontainers.config.hypervisor.path",
  "io.kubernetes.cri-o.SandboxID",
  "module.wasm.image/variant",
];

test("runtime-annotations – what steers a runtime – is refused unless it is allowed", async (t) => {
  const judge = (key: string, config: object = {}, namespace = "default") =>
    podSecurity(
      "preCreate",
      { spec: spec({}, { annotations: { [key]: "sandbox", plain: "x" } }), container: { ...standalone, namespace } },
      config,
    );
  for (const key of steering) {
    t.regex(await judge(key), /^runtime-annotations: /, key);
    t.regex(await judge(key, {}, "k8s.io"), /^runtime-annotations: /, key);
    t.is(await judge(key, { allowed_annotations: [key.replace(/\.[^.]*$/, ".*"), "module.*"] }), "passed", key);
  }
  for (const key of ["io.kubernetes.cri.container-type", "io.kubernetes.cri.sandbox-id"]) {
    t.regex(await judge(key), /^runtime-annotations: /, key);
    t.is(await judge(key, {}, "k8s.io"), "passed", "CRI's own");
  }
  for (const key of ["org.opencontainers.image.title", "nerdctl/hostname", "run", "dev.gvisor"])
    t.is(await judge(key), "passed", key);
});

test("apparmor, seccomp – only what confines – whatever the kernel makes of the name", async (t) => {
  const apparmor = (apparmorProfile: string) => podSecurity("preExec", { process: { args: ["x"], apparmorProfile } });
  for (const name of ["unconfined", " unconfined", "unconfined\n", ":root://unconfined", "a//&unconfined"])
    t.regex(await apparmor(name), /^apparmor: /, JSON.stringify(name));
  for (const name of ["", "docker-default", "cri-containerd.apparmor.d", "/usr/bin/x//hat"])
    t.is(await apparmor(name), "passed", name);
  const seccomp = (defaultAction: unknown) =>
    podSecurity("preCreate", { spec: spec({ seccomp: { defaultAction } }) }, { level: "restricted" });
  for (const action of [
    "SCMP_ACT_ALLOW",
    "SCMP_ACT_LOG",
    "SCMP_ACT_NOTIFY",
    "SCMP_ACT_TRACE",
    "ERRNO",
    "scmp_act_errno",
    1,
    undefined,
  ])
    t.regex(await seccomp(action), /seccomp: /, String(action));
  for (const action of ["SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS"])
    t.notRegex(await seccomp(action), /seccomp: /, action);
});
