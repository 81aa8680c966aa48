import type { HookContext, HookEvent, Plugin } from "@dunnage/core";
import type { HostPath } from "@dunnage/core/internal";
import * as v from "valibot";
import { HostSources } from "./host-sources.ts";
import { isBind, judgeMount, judgePropagation } from "./mount-rules.ts";
import { judgeRoot, rootSources } from "./root-rules.ts";
import { mountsOf, type Part, texts } from "./spec.ts";

const paths = v.array(v.pipe(v.string(), v.startsWith("/", "must be an absolute path")));

const schema = v.strictObject({
  /** Directories of the host that may be mounted; undefined: all except the denied ones. */
  allow_sources: v.optional(paths),
  /**
   * Directories of the host that must not be mounted. They include everything below them, and every directory above
   * them: `/` contains everything.
   */
  deny_sources: v.optional(paths, [
    "/etc",
    "/proc",
    "/sys/fs/cgroup",
    "/run/containerd/containerd.sock",
    "/run/docker.sock",
    "/var/lib/kubelet/pki",
  ]),
  /** Refuses propagation that makes mounts of the container visible on the host. */
  deny_shared: v.optional(v.boolean(), true),
  /** Directories that may become the root of a container, in addition to those of containerd's snapshotters. */
  root_sources: rootSources,
});

type Config = v.InferOutput<typeof schema>;

/** Keeps directories and sockets of the host out of containers. */
const plugin: Plugin<Config> = {
  name: "mounts",
  apiVersion: 1,
  configSchema: schema,
  hooks: { preCreate: { phase: "validate", handler: judge } },
};

export default plugin;

async function judge(event: HookEvent<"preCreate">, { config, deny, deadlineAt }: HookContext<Config>): Promise<void> {
  const sources = new HostSources(deadlineAt);
  const root = await judgeRoot(event, sources, config.root_sources);
  if (root !== undefined) deny(root, { rule: "root_sources" });
  const [denied, allowed] = await Promise.all(
    [config.deny_sources, config.allow_sources ?? []].map((each) => sources.resolveAll(each)),
  );
  const propagation = config.deny_shared ? judgePropagation(event.spec) : undefined;
  if (propagation !== undefined) deny(propagation, { rule: "deny_shared" });
  for (const mount of mountsOf(event.spec)) {
    const where = `mount at ${String(mount["destination"])}`;
    if (config.deny_shared && texts(mount["options"]).some((option) => option === "shared" || option === "rshared"))
      deny(`${where} would be seen by the host`, { rule: "deny_shared" });
    const wrong = judgeMount(mount, { allowsShared: true, allowsKernelWrites: true });
    if (wrong !== undefined) deny(`a mount ${wrong}`, { rule: "types" });
    if (!isBind(mount)) continue;
    const found = await judgeSource(mount, sources, { denied, allowed: config.allow_sources && allowed });
    if (found !== undefined) deny(`${where}: ${found[1]}`, { rule: found[0] });
  }
}

/** Directories that sources are compared with. */
interface Directories {
  readonly denied: readonly HostPath[] | undefined;
  readonly allowed: readonly HostPath[] | undefined;
}

async function judgeSource(
  mount: Part,
  sources: HostSources,
  { denied = [], allowed }: Directories,
): Promise<readonly [rule: string, reason: string] | undefined> {
  const source = String(mount["source"] ?? "");
  const found = await sources.resolve(source);
  if (typeof found === "string") return ["sources", `where ${source} of the host leads is not known: ${found}`];
  const reached = sources.findReached(found, denied);
  if (reached !== undefined) return ["deny_sources", `${found.path} of the host reaches ${reached.path}`];
  if (allowed !== undefined && !sources.isIn(found, allowed))
    return ["allow_sources", `${found.path} of the host is not among the allowed ones`];
  return undefined;
}
