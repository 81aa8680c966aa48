import { mkdtempDisposableSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plugin } from "@dunnage/core";
import test from "ava";
import { builtinNames, builtinPlugin } from "../../src/index.ts";
import { type Result, runPlugin, standalone } from "../_support/run-plugin.ts";

async function run(name: string, stage: string, event: object, config: unknown = {}): Promise<Result> {
  return await runPlugin((await builtinPlugin(name)) as Plugin, stage, event, config);
}

const masked = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware"];
const readonly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
const namespaces = ["pid", "ipc", "network", "uts", "mount"].map((type) => ({ type }));
const resources = { devices: [{ allow: false, access: "rwm" }] };
const safe = (process: object = {}, linux: object = {}, rest: object = {}): object => ({
  process: { args: ["x"], user: { uid: 0 }, capabilities: { bounding: ["CAP_KILL", "CAP_NET_RAW"] }, ...process },
  root: { path: "rootfs" },
  linux: { namespaces, resources, maskedPaths: masked, readonlyPaths: readonly, ...linux },
  ...rest,
});

test("builtin – every name – loads, and no other does", async (t) => {
  for (const name of builtinNames) t.is((await builtinPlugin(name))?.name, name);
  t.is(await builtinPlugin("nothing"), undefined);
  t.is(await builtinPlugin("constructor"), undefined);
});

const baseline = test.macro({
  exec: async (t, spec: object, denied: RegExp | undefined, config: object = {}) => {
    const result = await run("pod-security", "preCreate", { spec }, config);
    if (denied === undefined) t.deepEqual(result.denied, []);
    else t.regex(result.denied[0] ?? "passed", denied);
  },
  title: (name) => `pod-security – ${name ?? ""}`,
});

test("a container as containerd makes it", baseline, safe(), undefined);
test("pod-security – a container restored from a checkpoint – is refused unless the configuration lets it", async (t) => {
  const event = { spec: safe(), restoreFrom: "/checkpoints/c" };
  t.regex(
    (await run("pod-security", "preCreate", event)).denied[0] ?? "passed",
    /^restore: .*restored from a checkpoint/,
  );
  t.deepEqual((await run("pod-security", "preCreate", event, { allow_restore: true })).denied, []);
});

test("pod-security – an exec – may not leave the confinement that its container has to keep", async (t) => {
  const exec = async (process: object) =>
    (await run("pod-security", "preExec", { process: { args: ["x"], ...process } })).denied[0] ?? "passed";
  t.is(
    await exec({ apparmorProfile: "cri-containerd.apparmor.d", selinuxLabel: "system_u:system_r:container_t:s0" }),
    "passed",
  );
  t.regex(await exec({ apparmorProfile: "unconfined" }), /^apparmor: .*switches AppArmor off/);
  t.regex(await exec({ selinuxLabel: "system_u:system_r:unconfined_t:s0" }), /^selinux: .*type unconfined_t/);
  t.regex(await exec({ capabilities: { ambient: ["CAP_SYS_ADMIN"] } }), /^capabilities: .*has CAP_SYS_ADMIN/);
});

test("strict", baseline, safe(), /CAP_NET_RAW/, { strict: true });
test(
  "the host's network, no entry",
  baseline,
  safe({}, { namespaces: namespaces.filter(({ type }) => type !== "network") }),
  /host-namespaces: .*network/,
);
test(
  "the host's network, by its path",
  baseline,
  safe(
    {},
    {
      namespaces: [...namespaces.filter(({ type }) => type !== "network"), { type: "network", path: "/proc/1/ns/net" }],
    },
  ),
  /shares the host's network/,
);
test("all devices", baseline, safe({}, { resources: { devices: [{ allow: true, access: "rwm" }] } }), /privileged/);
test("SYS_ADMIN", baseline, safe({ capabilities: { effective: ["CAP_SYS_ADMIN"] } }), /has CAP_SYS_ADMIN/);
test(
  "a path of the host",
  baseline,
  safe({}, {}, { mounts: [{ type: "bind", source: "/srv", destination: "/srv" }] }),
  /host-path: .*\/srv/,
);
test(
  "a path of the host that is allowed",
  baseline,
  safe({}, {}, { mounts: [{ type: "bind", source: "/srv", destination: "/srv" }] }),
  undefined,
  { allowed_host_paths: ["/srv"] },
);
test("proc unmasked", baseline, safe({}, { maskedPaths: [] }), /proc-mount/);
test("a sysctl", baseline, safe({}, { sysctl: { "kernel.msgmax": "1" } }), /sysctls: .*kernel.msgmax/);
test("AppArmor off", baseline, safe({ apparmorProfile: "unconfined" }), /apparmor/);
test("a SELinux type", baseline, safe({ selinuxLabel: "system_u:system_r:spc_t:s0" }), /selinux: .*spc_t/);
test("OCI hooks", baseline, safe({}, {}, { hooks: { prestart: [{ path: "/bin/x" }] } }), /oci-hooks/);
test("parts of other types", baseline, { process: 1, linux: [], mounts: {} }, /host-namespaces/);
test("restricted", baseline, safe(), /privilege-escalation.*run-as-non-root.*seccomp.*/, { level: "restricted" });
test(
  "restricted, and fine",
  baseline,
  safe(
    { user: { uid: 1000 }, noNewPrivileges: true, capabilities: { bounding: ["CAP_NET_BIND_SERVICE"] } },
    { seccomp: { defaultAction: "SCMP_ACT_ERRNO" } },
  ),
  undefined,
  { level: "restricted" },
);

test("pod-security – an exec – is judged by the same level", async (t) => {
  const process = { args: ["sh"], user: { uid: 0 }, capabilities: { effective: ["CAP_SYS_ADMIN"] } };
  t.regex(
    (await run("pod-security", "preExec", { process, execId: "e" })).denied[0] ?? "",
    /capabilities: has CAP_SYS_ADMIN/,
  );
  const result = await run(
    "pod-security",
    "preExec",
    { process: { args: ["sh"] }, execId: "e" },
    { level: "restricted" },
  );
  t.regex(result.denied[0] ?? "", /privilege-escalation: .*run-as-non-root/);
});

const exec = test.macro({
  exec: async (t, args: readonly string[], allow: readonly (readonly string[])[], passes: boolean) =>
    t.is((await run("exec", "preExec", { process: { args }, execId: "e" }, { allow })).denied.length === 0, passes),
  title: (_, args, allow) => `exec – ${JSON.stringify(args)} under ${JSON.stringify(allow)}`,
});

test(exec, ["/bin/probe"], [["/bin/probe"]], true);
test(exec, ["/bin/probe", "--x"], [["/bin/probe"]], false);
test(exec, ["/bin/probe", "--x"], [["/bin/probe", "**"]], true);
test(exec, ["sh", "-c", "/bin/probe"], [["/bin/probe"]], false);
test(exec, ["/bin/probe; sh"], [["/bin/probe"]], false);
test(exec, ["/bin/рrobe"], [["/bin/probe"]], false);
test(exec, [], [["**"]], true);
test(exec, ["cat", "/tmp/a"], [["cat", "/tmp/*"]], true);
test(exec, ["cat", "/etc/shadow"], [["cat", "/tmp/*"]], false);

test("exec – a terminal, root – are refused where the configuration says so", async (t) => {
  const config = { allow: [["**"]], deny_terminal: true, deny_root: true };
  const of = async (process: object) =>
    (await run("exec", "preExec", { process: { args: ["x"], ...process }, execId: "e" }, config)).denied;
  t.regex((await of({ terminal: true, user: { uid: 1 } }))[0] ?? "", /^deny_terminal/);
  t.regex((await of({ user: { uid: 0 } }))[0] ?? "", /^deny_root/);
  t.deepEqual(await of({ user: { uid: 1 } }), []);
});

test("mounts – sources that reach what is denied – by themselves, from above, by a symbolic link", async (t) => {
  using dir = mkdtempDisposableSync(join(tmpdir(), "mounts-"));
  symlinkSync("/etc", join(dir.path, "innocent"));
  const judge = async (source: string, options: readonly string[] = ["rbind"], config: object = {}) =>
    (
      await run(
        "mounts",
        "preCreate",
        { spec: { root: { path: "rootfs" }, mounts: [{ destination: "/m", type: "bind", source, options }] } },
        config,
      )
    ).denied[0];
  for (const source of ["/", "/etc", "/etc/ssl", join(dir.path, "innocent")])
    t.regex((await judge(source)) ?? source, /^deny_sources/);
  t.is(await judge(dir.path), undefined);
  t.regex((await judge(dir.path, ["rbind", "rshared"])) ?? "", /^deny_shared/);
  t.regex((await judge(dir.path, ["bind"], { allow_sources: ["/srv"] })) ?? "", /^allow_sources/);
});

test("images – by registry and digest – where CRI says which", async (t) => {
  const judge = async (image: string | undefined, config: object) =>
    (
      await run(
        "images",
        "preCreate",
        { container: { ...standalone, ...(image === undefined ? {} : { image }) }, spec: {} },
        config,
      )
    ).denied[0];
  const config = { allow: ["r.example/*", "docker.io/library/*"] };
  t.is(await judge("r.example/team/app:1", config), undefined);
  t.is(await judge("busybox", config), undefined);
  t.regex((await judge("evil.example/r.example/app", config)) ?? "", /image evil.example/);
  t.regex((await judge("r.example/app:1", { ...config, require_digest: true })) ?? "", /has no digest/);
  t.regex((await judge(undefined, config)) ?? "", /not known/);
  t.is(await judge(undefined, { ...config, unknown: "allow" }), undefined);
});

test("resources – defaults where nothing is set, ceilings always, at update as well", async (t) => {
  const config = { default: { memory: "512Mi", pids: 100, cpu: 0.5 }, max: { memory: "1Gi" } };
  const bare = await run("resources", "preCreate", { spec: {} }, config);
  t.deepEqual(
    bare.adjusted.map(({ path, value }) => [path, value]),
    [
      ["/setResource", ["memory", "limit", 2 ** 29]],
      ["/setResource", ["pids", "limit", 100]],
      ["/setResource", ["cpu", "quota", 50_000]],
      ["/setResource", ["cpu", "period", 100_000]],
      ["/tighten/memoryMax", [2 ** 30]],
    ],
  );
  const own = { linux: { resources: { memory: { limit: 5 }, pids: { limit: 5 }, cpu: { quota: 5 } } } };
  t.deepEqual(
    (await run("resources", "preCreate", { spec: own }, config)).adjusted.map(({ path }) => path),
    ["/tighten/memoryMax"],
  );
  t.deepEqual(
    (await run("resources", "preUpdate", { resources: {} }, config)).adjusted.map(({ path }) => path),
    ["/tighten/memoryMax"],
  );
  await t.throwsAsync(run("resources", "preCreate", { spec: {} }, { max: { memory: "lots" } }), {
    message: /quantity/,
  });
});

test("env – variables – are taken out, put in, or refused, for init and exec", async (t) => {
  const process = { args: ["x"], env: ["API_TOKEN=1", "PATH=/bin", "LD_PRELOAD=/evil"] };
  const config = { remove: ["*_TOKEN"], deny: ["LD_*"], set: { A: "1" } };
  for (const [stage, event, prefix] of [
    ["preCreate", { spec: { process } }, "/process"],
    ["preExec", { process, execId: "e" }, ""],
  ] as const) {
    const result = await run("env", stage, event, config);
    t.deepEqual(
      result.adjusted.map(({ path, value }) => [path, value]),
      [
        [`${prefix}/unsetEnv`, ["API_TOKEN"]],
        [`${prefix}/setEnv`, ["A", "1"]],
      ],
    );
    t.deepEqual(result.denied, ["deny: variable LD_PRELOAD is not allowed"]);
  }
});

test("rootfs – read-only – with an empty directory for what has to write", async (t) => {
  const { adjusted } = await run(
    "rootfs",
    "preCreate",
    { spec: { mounts: [{ destination: "/run" }] } },
    { tmpfs: ["/tmp", "/run"] },
  );
  t.deepEqual(
    adjusted.map(({ path }) => path),
    ["/tighten/readonlyRootfs", "/addMount"],
  );
});

test("seccomp – a profile – only where there is none, and only in OCI's form", async (t) => {
  using dir = mkdtempDisposableSync(join(tmpdir(), "seccomp-"));
  const write = (profile: object): string => {
    const path = join(dir.path, "p.json");
    writeFileSync(path, JSON.stringify(profile));
    return path;
  };
  const config = { profile: write({ defaultAction: "SCMP_ACT_ERRNO" }) };
  t.deepEqual((await run("seccomp", "preCreate", { spec: {} }, config)).adjusted[0]?.value, [
    { defaultAction: "SCMP_ACT_ERRNO" },
  ]);
  const own = { linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW" } } };
  t.deepEqual((await run("seccomp", "preCreate", { spec: own }, config)).adjusted, []);
  await t.throwsAsync(run("seccomp", "preCreate", { spec: {} }, { profile: write({ archMap: [] }) }), {
    message: /OCI's form/,
  });
  await t.throwsAsync(run("seccomp", "preCreate", { spec: {} }, { profile: "/does/not/exist" }), {
    message: /cannot be read/,
  });
});

test("capabilities – dropped – for init and exec", async (t) => {
  const config = { drop: "ALL", keep: ["NET_BIND_SERVICE"], no_new_privileges: true };
  t.deepEqual(
    (await run("capabilities", "preCreate", { spec: {} }, config)).adjusted.map(({ path }) => path),
    ["/process/tighten/dropCapabilities", "/process/tighten/noNewPrivileges"],
  );
  t.deepEqual(
    (await run("capabilities", "preExec", { process: {} }, config)).adjusted.map(({ path }) => path),
    ["/tighten/dropCapabilities", "/tighten/noNewPrivileges"],
  );
});

test("signals – are sent in place of others", async (t) => {
  const config = { map: { SIGTERM: "SIGINT" } };
  t.deepEqual((await run("signals", "preKill", { signal: 15 }, config)).adjusted[0]?.value, [2]);
  t.deepEqual((await run("signals", "preKill", { signal: 1 }, config)).adjusted, []);
  await t.throwsAsync(run("signals", "preKill", { signal: 1 }, { map: { SIGTERM: "SIGNOTHING" } }), {
    message: /SIGTERM/,
  });
});
