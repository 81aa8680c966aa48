import type { HookContainer, OciSpec, Plugin } from "@dunnage/core";
import * as v from "valibot";
import { judgeDevices, judgeRules } from "./device-rules.ts";
import { judgeNamespaces } from "./host-namespaces.ts";
import { HostSources } from "./host-sources.ts";
import { judgeStreams } from "./log-rules.ts";
import { type Finding, judgeFiles } from "./pod-files.ts";
import { rootSources } from "./root-rules.ts";
import { judgeAnnotations } from "./runtime-annotations.ts";
import { capabilitiesOf, linuxOf, list, type Part, part } from "./spec.ts";

const paths = v.optional(v.array(v.pipe(v.string(), v.startsWith("/", "must be an absolute path"))), []);

const schema = v.strictObject({
  level: v.optional(v.picklist(["baseline", "restricted"], 'must be "baseline" or "restricted"'), "baseline"),
  /** Directories of the host that may be mounted, in addition to those of the pod's own volumes. */
  allowed_host_paths: paths,
  /** Directories in which the output of a process may be written to a file. */
  log_dirs: v.optional(v.array(v.pipe(v.string(), v.startsWith("/", "must be an absolute path"))), [
    "/var/log/containers",
  ]),
  /** Programs that a client may start as its loggers. */
  loggers: paths,
  /** Directories that may become the root of a container, in addition to those of containerd's snapshotters. */
  root_sources: rootSources,
  /** Also refuses NET_RAW, which containerd grants by default and the standard allows. */
  strict: v.optional(v.boolean(), false),
  /** Allows containers to be restored from checkpoints. No control checks the restored processes. */
  allow_restore: v.optional(v.boolean(), false),
  /** Devices in addition to those that every container may use: "c 10:229", "c 195:*". */
  allowed_devices: v.optional(v.array(v.pipe(v.string(), v.regex(/^[bc] \d+:(\d+|\*)$/, 'must be as "c 10:229"'))), []),
  /** Annotations that may steer the runtime; `*` and `?` work as in file name patterns. */
  allowed_annotations: v.optional(v.array(v.string()), []),
});

type Config = v.InferOutput<typeof schema>;

/** @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const baselineCapabilities =
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT";
const restrictedCapabilities = "NET_BIND_SERVICE";
const sysctls = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
]);

type Check<Subject> = (subject: Subject, container: HookContainer, config: Config) => string | undefined;

/** The controls that a shim can check, by their names in the standard. Host ports and probes are not among them. */
const baseline: Readonly<Record<string, Check<OciSpec>>> = {
  "host-namespaces": (spec) => judgeNamespaces(linuxOf(spec)),
  privileged: (spec, _, { allowed_devices }) => judgeDevices(linuxOf(spec), allowed_devices).privileged,
  devices: (spec, _, { allowed_devices }) => judgeDevices(linuxOf(spec), allowed_devices).devices,
  "runtime-annotations": (spec, container, { allowed_annotations }) =>
    judgeAnnotations(spec, container, allowed_annotations),
  capabilities: (spec, _, config) => excess(part(spec.process), allowedAtBaseline(config)),
  sysctls: (spec) => {
    const found = Object.keys(part(linuxOf(spec)["sysctl"])).filter((key) => !sysctls.has(key));
    return found.length === 0 ? undefined : `sets the sysctl ${found.join(", ")}`;
  },
  apparmor: (spec) => apparmor(part(spec.process)),
  selinux: (spec) => selinux(part(spec.process)),
  "oci-hooks": (spec) => {
    const hooks = Object.values(part((spec as { hooks?: unknown }).hooks)).some((hooks) => list(hooks).length > 0);
    return hooks ? "runs programs on the host, as OCI hooks" : undefined;
  },
};

/** @see https://man7.org/linux/man-pages/man3/seccomp_init.3.html */
const refusals = ["ERRNO", "KILL", "KILL_PROCESS", "KILL_THREAD", "TRAP"];

const restricted: Readonly<Record<string, Check<OciSpec>>> = {
  "privilege-escalation": (spec) => escalation(part(spec.process)),
  "run-as-non-root": (spec, { kind }) => (kind === "sandbox" ? undefined : root(part(spec.process))),
  seccomp: (spec) => {
    const action = part(linuxOf(spec)["seccomp"])["defaultAction"];
    const isRefusal = refusals.some((name) => action === `SCMP_ACT_${name}`);
    return isRefusal ? undefined : "has no seccomp profile that refuses anything";
  },
  capabilities: (spec, container, config) => excess(part(spec.process), allowedAtRestricted(container, config)),
};

const restored = "is restored from a checkpoint, whose processes keep the rights that they had";

/** The controls of the baseline that the process of an exec could undo. */
const baselineOfExec: Readonly<Record<string, Check<Part>>> = {
  capabilities: (process, _, config) => excess(process, allowedAtBaseline(config)),
  apparmor,
  selinux,
};

const restrictedOfExec: typeof baselineOfExec = {
  ...baselineOfExec,
  capabilities: (process, container, config) => excess(process, allowedAtRestricted(container, config)),
  "privilege-escalation": escalation,
  "run-as-non-root": (process, { kind }) => (kind === "sandbox" ? undefined : root(process)),
};

/** The controls for updates: an update can give devices to a running container. */
const ofUpdate: Readonly<Record<string, Check<Part>>> = {
  privileged: (resources, _, { allowed_devices }) => judgeRules(resources, allowed_devices).privileged,
  devices: (resources, _, { allowed_devices }) => judgeRules(resources, allowed_devices).devices,
};

/** Enforces the Pod Security Standards on what the runtime is about to get. */
const plugin: Plugin<Config> = {
  name: "pod-security",
  apiVersion: 1,
  configSchema: schema,
  hooks: {
    preCreate: {
      phase: "validate",
      handler: async (event, { config, deny, deadlineAt }) => {
        const { spec, container, restoreFrom } = event;
        const checks = { ...baseline, ...(config.level === "restricted" ? restricted : {}) };
        const found = findings(checks, spec, container, config);
        found.push(...(await judgeFiles(event, new HostSources(deadlineAt), config)));
        if (restoreFrom && !config.allow_restore) found.push({ rule: "restore", reason: restored });
        refuse(found, config, deny);
      },
    },
    preExec: {
      phase: "validate",
      handler: async ({ process, container, stdio }, { config, deny, deadlineAt }) => {
        const checks = config.level === "restricted" ? restrictedOfExec : baselineOfExec;
        const found = findings(checks, part(process), container, config);
        const reason = await judgeStreams(stdio, new HostSources(deadlineAt), config);
        if (reason !== undefined) found.push({ rule: "log-uris", reason });
        refuse(found, config, deny);
      },
    },
    preUpdate: {
      phase: "validate",
      handler: ({ resources, container }, { config, deny }) =>
        refuse(findings(ofUpdate, part(resources), container, config), config, deny),
    },
  },
};

export default plugin;

function findings<Subject>(
  checks: Readonly<Record<string, Check<Subject>>>,
  ...asked: Parameters<Check<Subject>>
): Finding[] {
  return Object.entries(checks).flatMap(([rule, check]) => {
    const reason = check(...asked);
    return reason === undefined ? [] : [{ rule, reason }];
  });
}

function refuse(
  found: readonly Finding[],
  { level }: Config,
  deny: (reason: string, options: { rule: string }) => never,
): void {
  const [first] = found;
  if (first === undefined) return;
  deny(`violates Pod Security ${level}: ${found.map(({ rule, reason }) => `${rule}: ${reason}`).join("; ")}`, {
    rule: first.rule,
  });
}

function excess(process: Part, allowed: string): string | undefined {
  const names = new Set(allowed.split(" ").map((name) => `CAP_${name}`));
  const found = [...capabilitiesOf(process)].filter((name) => !names.has(name));
  return found.length === 0 ? undefined : `has ${found.join(", ")}`;
}

/**
 * Returns the capabilities that are allowed at the level `restricted`. A sandbox may have those of the baseline: its
 * program belongs to the node, and CRI gives it the default capabilities whatever the pod requests.
 */
const allowedAtRestricted = ({ kind }: HookContainer, config: Config): string =>
  kind === "sandbox" ? allowedAtBaseline(config) : restrictedCapabilities;

const allowedAtBaseline = ({ strict }: Config): string => `${baselineCapabilities}${strict ? "" : " NET_RAW"}`;

/**
 * Judges the AppArmor profile. The kernel trims blanks, and reads other characters as namespaces and stacks of
 * profiles.
 */
function apparmor(process: Part): string | undefined {
  const profile = String(process["apparmorProfile"] ?? "");
  if (profile.trim() === "unconfined") return "switches AppArmor off";
  return /^[\w./-]*$/.test(profile) ? undefined : `has the AppArmor profile ${JSON.stringify(profile)}`;
}

function selinux(process: Part): string | undefined {
  const label = String(process["selinuxLabel"] ?? "");
  if (label === "") return undefined;
  const type = label.split(":")[2] ?? "";
  const isAllowed = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"].includes(type);
  return isAllowed ? undefined : `has the SELinux type ${type}`;
}

function escalation(process: Part): string | undefined {
  return process["noNewPrivileges"] === true ? undefined : "may gain privileges (noNewPrivileges is off)";
}

function root(process: Part): string | undefined {
  return Number(part(process["user"])["uid"] ?? 0) === 0 ? "runs as root" : undefined;
}
